import { Command } from 'commander';
import type { ApprovalView } from '../../server/index.ts';
import { showChange } from '../change.ts';
import { numberOf } from '../number.ts';
import { mustJoin } from '../place.ts';
import { duration, harmless, type Paint, paintFor, table } from '../text.ts';

interface Options {
  refuse?: boolean;
  json?: boolean;
}

export function approveCommand(): Command {
  return new Command('approve')
    .description('Show the releases that wait for somebody’s word, or give it')
    .argument('[number]', 'number of the approval', numberOf('approval'))
    .option('--refuse', 'say no instead')
    .option('--json', 'as JSON')
    .action(async (approval: number | undefined, { refuse = false, json = false }: Options) => {
      const { client } = await mustJoin();
      if (approval === undefined) {
        const approvals = await client.approvals();
        console.log(
          json ? JSON.stringify({ approvals }) : approvalsText(approvals, paintFor(process.stdout)),
        );
      } else if (refuse) {
        await client.refuse(approval);
        console.log(json ? JSON.stringify({ refused: approval }) : `✓ ${approval} is refused.`);
      } else await showChange(json, (tell) => client.approve(approval, tell));
    });
}

function approvalsText(approvals: ApprovalView[], paint: Paint, now = Date.now()): string {
  if (approvals.length === 0) return 'Nothing waits for an approval.';
  return table(
    approvals.map(({ id, system, environment, release, from, role, wantedBy, wantedAt }) => [
      paint.bold(String(id)),
      `${system} release ${release}`,
      `${from ?? 'its pipeline'} → ${environment}`,
      `needs ${role === 'admin' ? 'an admin' : `a ${role}`}`,
      paint.dim(`asked by ${harmless(wantedBy)}, ${duration(now - wantedAt)} ago`),
    ]),
  );
}
