import type { Alias, Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Finding, Path } from '../mistakes.ts';
import { valueText } from '../mistakes.ts';

const MOST_NODES = 20_000;
const DEEPEST = 32;

/** Turns the nodes of one YAML document into plain JSON and remembers where each key and value stands. */
export class YamlReader {
  readonly findings: Finding[] = [];
  /** True once a bound was passed; the value is then incomplete. */
  stopped = false;
  readonly #lineAt: (offset: number) => number;
  readonly #lines = new Map<string, { key: number; value: number }>();
  readonly #anchors = new Map<string, Node>();
  #nodes = 0;

  constructor(lineAt: (offset: number) => number) {
    this.#lineAt = lineAt;
  }

  read(root: Node | null): unknown {
    const line = this.#lineOfNode(root) ?? 1;
    this.#lines.set('[]', { key: line, value: line });
    return this.#value(root, []);
  }

  /** 1-based line of a path, or of the nearest place above it that is written. */
  lineOf(path: Path, of: 'key' | 'value'): number | null {
    for (let length = path.length; length >= 0; length--) {
      const found = this.#lines.get(JSON.stringify(path.slice(0, length)));
      if (found) return length === path.length ? found[of] : found.key;
    }
    return null;
  }

  #value(node: unknown, path: Path): unknown {
    if (!this.#withinBounds(path)) return null;
    if (isAlias(node)) return this.#alias(node, path);
    if (isMap(node)) return this.#remember(node, () => this.#map(node, path));
    if (isSeq(node)) return this.#remember(node, () => this.#list(node, path));
    return isScalar(node) ? this.#remember(node, () => scalarValue(node, path)) : null;
  }

  /** An anchor is known only after its node: an alias inside its own node is refused as unknown. */
  #remember<Value>(node: YAMLMap | YAMLSeq | Scalar, read: () => Value): Value {
    const value = read();
    if (node.anchor) this.#anchors.set(node.anchor, node);
    return value;
  }

  #withinBounds(path: Path): boolean {
    if (this.stopped) return false;
    const what =
      ++this.#nodes > MOST_NODES ? `${MOST_NODES} values` : path.length > DEEPEST ? `${DEEPEST} levels` : '';
    if (what === '') return true;
    this.stopped = true;
    this.findings.push({
      code: 'file-too-large',
      path: path.slice(0, 2),
      message: `the file has more than ${what}, aliases counted`,
    });
    return false;
  }

  #alias(alias: Alias, path: Path): unknown {
    const target = this.#anchors.get(alias.source);
    if (target) return this.#value(target, path);
    const message = `nothing before this is called &${alias.source}`;
    this.findings.push({ code: 'yaml-syntax', path, message, at: 'value' });
    return null;
  }

  #list(list: YAMLSeq, path: Path): unknown[] {
    return list.items.map((item, index) => {
      const below = [...path, String(index)];
      this.#place(below, item, item);
      return this.#value(item, below);
    });
  }

  #map(map: YAMLMap, path: Path): Record<string, unknown> {
    const own = new Map<string, unknown>();
    const merged = new Map<string, unknown>();
    for (const pair of map.items) {
      if (isScalar(pair.key) && pair.key.value === '<<') this.#merge(pair, path, merged);
      else this.#pair(pair, path, own);
    }
    return Object.fromEntries([...merged, ...own]);
  }

  #pair(pair: Pair, path: Path, into: Map<string, unknown>): void {
    const line = this.#lineOfNode(pair.key) ?? this.#lineOfNode(pair.value);
    const key = this.#key(pair, path, line);
    if (key === null) return;
    const below = [...path, key];
    if (into.has(key)) {
      const first = this.lineOf(below, 'key');
      const message = `the key ${valueText(key)} is here twice; the first is on line ${first}`;
      this.findings.push({ code: 'double-key', path: below, message, ...(line && { line }) });
      return;
    }
    this.#place(below, pair.key, pair.value);
    into.set(key, this.#value(pair.value, below));
  }

  #key(pair: Pair, path: Path, line: number | null): string | null {
    const at = line ? { line } : {};
    const key = isScalar(pair.key) ? pair.key.value : pair.key;
    if (key === '__proto__') {
      this.findings.push({
        code: 'unknown-key',
        path: [...path, key],
        message: 'unknown key "__proto__"',
        ...at,
      });
    } else if (typeof key === 'string') return key;
    else {
      const shown = isScalar(pair.key) ? valueText(key) : 'a map or a list';
      const hint = isScalar(pair.key) && key !== null ? `Write it in quotes: "${pair.key.source}".` : null;
      this.findings.push({
        code: 'wrong-key',
        path,
        message: `expected a text as key, got ${shown}`,
        hint,
        ...at,
      });
    }
    return null;
  }

  /** `<<`: keys of other maps, the first one that has a key wins, and the map's own keys win over all. */
  #merge(pair: Pair, path: Path, into: Map<string, unknown>): void {
    const sources = isSeq(pair.value) ? pair.value.items : [pair.value];
    for (const source of sources) {
      const value = this.#value(source, path);
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        for (const [key, each] of Object.entries(value)) if (!into.has(key)) into.set(key, each);
      } else {
        const message = `expected a map to merge, got ${valueText(value)}`;
        const line = this.#lineOfNode(pair.key);
        this.findings.push({ code: 'wrong-value', path: [...path, '<<'], message, ...(line && { line }) });
      }
    }
  }

  #place(path: Path, key: unknown, value: unknown): void {
    const valueLine = this.#lineOfNode(value);
    const keyLine = this.#lineOfNode(key) ?? valueLine;
    if (keyLine !== null)
      this.#lines.set(JSON.stringify(path), { key: keyLine, value: valueLine ?? keyLine });
  }

  #lineOfNode(node: unknown): number | null {
    const range = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range : null;
    return range ? this.#lineAt(range[0]) : null;
  }
}

/** In `env`, numbers and booleans are texts as they are written: `1.10` stays `1.10`. */
function scalarValue(scalar: Scalar, path: Path): unknown {
  const inEnv = path.at(-2) === 'env' && (path[0] === 'services' || path[0] === 'environments');
  const plain = typeof scalar.value === 'number' || typeof scalar.value === 'boolean';
  if (inEnv && plain && scalar.source !== undefined) return scalar.source;
  const json = ['string', 'number', 'boolean'].includes(typeof scalar.value);
  return json ? scalar.value : null;
}
