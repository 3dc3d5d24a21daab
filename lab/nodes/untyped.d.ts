// Clients without types of their own.
declare module 'pg';
declare module 'nodemailer';
declare module 'ws';
