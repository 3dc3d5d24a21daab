import { type ServerResponse, STATUS_CODES } from 'node:http';

/** Answers with a line of text, as http.Error of Go. */
export function answer(response: ServerResponse, status: number, text: string = STATUS_CODES[status] ?? ''): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' });
  response.end(`${text}\n`);
}

export function notFound(response: ServerResponse): void {
  answer(response, 404, '404 page not found');
}
