import type { TargetFile } from '../processes/target-file.ts';

/** What a session on a host is told first. */
export interface SessionOrder {
  file: TargetFile;
  /** Also where the host belongs to another control plane. */
  takeOver: boolean;
  /** Everything of Escale ends there, and the host is nobody's. */
  leave: boolean;
  listen: string[];
  port: number | null;
}
