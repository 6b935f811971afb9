/** One server-sent event, its data as text. */
export interface ServerEvent {
  event: string;
  data: string;
}

/** Events out of the lines of a `text/event-stream` (HTML standard, 9.2.6); one cut off at the end is dropped. */
export async function* serverEvents(lines: AsyncIterable<string>): AsyncGenerator<ServerEvent> {
  let event = 'message';
  let data: string[] = [];
  for await (const line of lines) {
    if (line === '') {
      if (data.length > 0) yield { event, data: data.join('\n') };
      event = 'message';
      data = [];
    } else if (line.startsWith('event:')) event = fieldOf(line);
    else if (line.startsWith('data:')) data.push(fieldOf(line));
  }
}

function fieldOf(line: string): string {
  return line.slice(line.indexOf(':') + 1).replace(/^ /, '');
}
