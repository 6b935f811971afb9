import type { ClusterSetting } from '../../core/target/index.ts';
import type { Row, Sql } from '../store/index.ts';

/** A host elsewhere, as it was made known. */
export interface StoredTarget {
  name: string;
  /** As `ssh` takes it: `ssh://deploy@prod.example.org`; or a context of a kubeconfig: `kubernetes://prod`. */
  address: string;
  /** Addresses of that host that its gateway listens on beside loopback. */
  listen: string[];
  /** Of its gateway; null: 8080. */
  port: number | null;
  /** Where Escale keeps everything there, absolute. */
  home: string;
  /** ms since 1970. */
  addedAt: number;
  /** How it is used where it is a cluster; null: it is a host. */
  cluster: ClusterSetting | null;
}

/** The targets of a control plane, durable. */
export class TargetStore {
  private readonly sql: Sql;

  constructor(sql: Sql) {
    this.sql = sql;
  }

  all(): StoredTarget[] {
    return this.sql.all('SELECT * FROM targets ORDER BY name').map(targetOf);
  }

  find(name: string): StoredTarget | null {
    const row = this.sql.one('SELECT * FROM targets WHERE name = ?', name);
    return row === undefined ? null : targetOf(row);
  }

  /** In place of what was said of it before. */
  save({ name, address, listen, port, home, addedAt, cluster }: StoredTarget): void {
    this.sql.run(
      'INSERT OR REPLACE INTO targets VALUES (?, ?, ?, ?, ?, ?, ?)',
      ...[name, address, JSON.stringify(listen), port, home, addedAt, cluster && JSON.stringify(cluster)],
    );
  }

  remove(name: string): void {
    this.sql.run('DELETE FROM targets WHERE name = ?', name);
  }
}

function targetOf(row: Row): StoredTarget {
  return {
    name: String(row.name),
    address: String(row.address),
    listen: JSON.parse(String(row.listen)) as string[],
    port: row.port as number | null,
    home: String(row.home),
    addedAt: Number(row.added_at),
    cluster: row.cluster === null ? null : (JSON.parse(String(row.cluster)) as ClusterSetting),
  };
}
