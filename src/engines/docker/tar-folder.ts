const BLOCK = 512;

/** A tar archive (POSIX ustar) of one folder, with its owner. */
export function folderOf(folder: { name: string; uid: number; gid: number; mode: number }): Buffer {
  const { name, uid, gid, mode } = folder;
  const head = Buffer.alloc(BLOCK);
  const text = (value: string, at: number) => head.write(value, at, 'latin1');
  text(`${name}/`, 0);
  text(octal(mode, 8), 100);
  text(octal(uid, 8), 108);
  text(octal(gid, 8), 116);
  text(octal(0, 12), 124);
  text(octal(0, 12), 136);
  text('        ', 148);
  text('5', 156);
  text('ustar\0' + '00', 257);
  const sum = head.reduce((total, byte) => total + byte, 0);
  text(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([head, Buffer.alloc(2 * BLOCK)]);
}

function octal(value: number, length: number): string {
  return `${value.toString(8).padStart(length - 1, '0')}\0`;
}
