const PHRASES: Readonly<Record<number, string>> = {
  200: 'OK',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
  503: 'Service Unavailable',
};

/** From here on the connection is the visitor's. Nothing but the line: clients of the field look for no header. */
export const SWITCHING = 'HTTP/1.1 101 Switching Protocols\r\n\r\n';

/** An answer after which the connection ends. Texts are our own, in ASCII. */
export function answerText(status: number, text: string, withBody: boolean): string {
  const body = `${text}\n`;
  const lines = [
    `HTTP/1.1 ${status} ${PHRASES[status] ?? 'Unknown'}`,
    'Content-Type: text/plain; charset=utf-8',
    'X-Content-Type-Options: nosniff',
    `Content-Length: ${body.length}`,
    'Connection: close',
  ];
  return `${lines.join('\r\n')}\r\n\r\n${withBody ? body : ''}`;
}
