/** An archive as PostgreSQL writes it. */
export function makeTar(entries: { name: string; content?: string; type?: string }[]): Buffer {
  const blocks = entries.flatMap(({ name, content = '', type = '0' }) => [
    header(name, Buffer.byteLength(content), type),
    padded(Buffer.from(content)),
  ]);
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

function header(name: string, bytes: number, type: string): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0);
  block.write('0000600\0', 100);
  block.write(`${bytes.toString(8).padStart(11, '0')} `, 124);
  block.write('        ', 148);
  block.write(type, 156);
  block.write('ustar\0', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

function padded(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}
