// As much of ZIP as packages use: one disk, stored or deflated entries. What comes out is counted, not what headers claim.

/** A file that cannot be read; the message says why, to be shown as text. */
export class PackageProblem extends Error {}

interface Entry {
  path: string;
  method: number;
  compressed: number;
  size: number;
  crc: number;
  offset: number;
}

const END = 0x06054b50;
const DIRECTORY = 0x02014b50;
const LOCAL = 0x04034b50;
const MOST_ENTRIES = 20_000;
/** All that is taken out of one package, bytes. */
const MOST_BYTES = 2 ** 31;

/** A ZIP in memory. */
export class Zip {
  private readonly entries = new Map<string, Entry>();
  private left = MOST_BYTES;

  constructor(private readonly bytes: Uint8Array) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const end = this.findEnd(view);
    const count = view.getUint16(end + 10, true);
    let at = view.getUint32(end + 16, true);
    if (at === 0xffffffff || count === 0xffff) throw new PackageProblem("it is larger than 4 GB");
    if (count > MOST_ENTRIES) throw new PackageProblem(`it has more than ${MOST_ENTRIES} files`);
    for (let index = 0; index < count; index++) {
      if (at + 46 > bytes.length || view.getUint32(at, true) !== DIRECTORY) throw new PackageProblem("its directory is damaged");
      const [name, extra, comment] = [view.getUint16(at + 28, true), view.getUint16(at + 30, true), view.getUint16(at + 32, true)];
      const path = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + name));
      this.entries.set(path, {
        path,
        method: view.getUint16(at + 10, true),
        crc: view.getUint32(at + 16, true),
        compressed: view.getUint32(at + 20, true),
        size: view.getUint32(at + 24, true),
        offset: view.getUint32(at + 42, true),
      });
      at += 46 + name + extra + comment;
    }
  }

  private findEnd(view: DataView): number {
    const first = Math.max(0, view.byteLength - 65_557);
    for (let at = view.byteLength - 22; at >= first; at--) if (view.getUint32(at, true) === END) return at;
    throw new PackageProblem("it is no ZIP");
  }

  has(path: string): boolean {
    return this.entries.has(path);
  }

  /** What an entry holds. */
  async read(path: string): Promise<Uint8Array> {
    const entry = this.entries.get(path);
    if (!entry) throw new PackageProblem(`${path} is missing`);
    const { offset, compressed, size, method, crc } = entry;
    const view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
    const damaged = () => new PackageProblem(`${path} is damaged`);
    if (offset + 30 > this.bytes.length || view.getUint32(offset, true) !== LOCAL) throw damaged();
    const start = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
    const packed = this.bytes.subarray(start, start + compressed);
    if (packed.length !== compressed) throw damaged();
    if (size > this.left) throw new PackageProblem("it holds more than 2 GB");
    this.left -= size;
    const content = method === 0 ? packed : method === 8 ? await inflate(packed, size, damaged) : null;
    if (content?.length !== size || checksum(content) !== crc) throw damaged();
    return content;
  }

  /** The same as text. */
  async text(path: string): Promise<string> {
    return new TextDecoder().decode(await this.read(path));
  }
}

async function inflate(packed: Uint8Array, size: number, damaged: () => Error): Promise<Uint8Array> {
  if (typeof DecompressionStream === "undefined") throw new PackageProblem("this browser is too old to unpack it");
  const content = new Uint8Array(size);
  let at = 0;
  const reader = new Blob([packed as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  for (;;) {
    const { done, value } = await reader.read().catch(() => Promise.reject(damaged()));
    if (done) break;
    if (at + value.length > size) {
      void reader.cancel();
      throw damaged();
    }
    content.set(value, at);
    at += value.length;
  }
  return content.subarray(0, at);
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function checksum(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (let at = 0; at < bytes.length; at++) sum = (TABLE[(sum ^ (bytes[at] as number)) & 255] as number) ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}
