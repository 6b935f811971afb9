import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { InstanceRecord, StartRequest } from '../../core/contracts/index.ts';
import type { ProcessIdentity } from '../../host/index.ts';
import { writeDurably } from '../../host/index.ts';

/** What is on disk of an instance. `identity` is null between the intent and the spawn. */
export interface StoredInstance {
  record: InstanceRecord;
  /** What it was started with, without environment values: those may be secret. */
  launch: Pick<StartRequest, 'command' | 'artifact' | 'limits' | 'dataFolder' | 'stopSignal' | 'workspace'>;
  identity: ProcessIdentity | null;
}

/** One folder for each instance: its record, its raw output, its temporary folder. */
export class InstanceRecords {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o711 });
  }

  folderOf(id: string): string {
    return path.join(this.folder, id);
  }

  /** Durable when it returns: what is written here is believed after a power cut. */
  write(stored: StoredInstance): void {
    mkdirSync(this.folderOf(stored.record.id), { recursive: true, mode: 0o711 });
    writeDurably(this.file(stored.record.id), JSON.stringify(stored));
  }

  readAll(): StoredInstance[] {
    return readdirSync(this.folder)
      .map((id) => this.read(id))
      .filter((stored): stored is StoredInstance => stored !== null);
  }

  remove(id: string): void {
    rmSync(this.folderOf(id), { recursive: true, force: true });
  }

  private read(id: string): StoredInstance | null {
    try {
      return completed(JSON.parse(readFileSync(this.file(id), 'utf8')) as StoredInstance);
    } catch {
      // Died between making the folder and its record: nothing was spawned yet.
      this.remove(id);
      return null;
    }
  }

  private file(id: string): string {
    return path.join(this.folderOf(id), 'record.json');
  }
}

/** A record of a version that knew services only. */
function completed({ record, launch, identity }: StoredInstance): StoredInstance {
  return {
    record: { ...record, role: record.role ?? 'service', run: record.run ?? null },
    launch: { ...launch, stopSignal: launch.stopSignal ?? 'SIGTERM' },
    identity,
  };
}
