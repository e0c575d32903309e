// Times as people write and read them.

/** `1:20`, `1:02:03`; µs of session time. */
export function clock(micros: number): string {
  const seconds = Math.max(0, Math.floor(micros / 1e6));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (part: number) => String(part).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** The same for who listens: `1 minute 20 seconds`. */
export function spoken(micros: number): string {
  const seconds = Math.max(0, Math.floor(micros / 1e6));
  const parts: [number, string][] = [
    [Math.floor(seconds / 3600), "hour"],
    [Math.floor(seconds / 60) % 60, "minute"],
    [seconds % 60, "second"],
  ];
  const told = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}${count === 1 ? "" : "s"}`);
  return told.length > 0 ? told.join(" ") : "0 seconds";
}

/** For links: `1:20.5`, as exact as it needs to be. */
export function exact(micros: number): string {
  const tenths = Math.floor(micros / 1e5) % 10;
  return tenths > 0 ? `${clock(micros)}.${tenths}` : clock(micros);
}

/** Reads `80`, `1:20`, `1:02:03.5`, `1m20s`, `50%`, `end`; null: it is none of these. `end`: µs. */
export function parseTime(text: string, end: number): number | null {
  const plain = text.trim();
  if (plain === "end") return end;
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(plain);
  if (percent) return Math.round((end * Math.min(100, Number(percent[1]))) / 100);
  const colons = /^(?:(\d+):)?(?:(\d+):)?(\d+(?:\.\d+)?)$/.exec(plain);
  const words = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?$/.exec(plain);
  if (colons) {
    const [, first, second, seconds] = colons;
    const [h, m] = second === undefined ? [0, first] : [first, second];
    return Math.round((Number(h ?? 0) * 3600 + Number(m ?? 0) * 60 + Number(seconds)) * 1e6);
  }
  if (words && plain !== "") return Math.round((Number(words[1] ?? 0) * 3600 + Number(words[2] ?? 0) * 60 + Number(words[3] ?? 0)) * 1e6);
  return null;
}

/** The moment in a page's address (`#t=1:20`); null: none. */
export function timeOfHash(hash: string, end: number): number | null {
  const found = /(?:^#|&)t=([^&]+)/.exec(hash);
  return found ? parseTime(decode(found[1] as string), end) : null;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
