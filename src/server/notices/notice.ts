import { createHmac } from 'node:crypto';

/** What may be told; the words are for ever. */
export const NOTICE_TYPES = [
  'pipeline-succeeded',
  'pipeline-failed',
  'rollout-promoted',
  'rollout-rolled-back',
  'rollout-failed',
  'approval-wanted',
  'drift',
] as const;
export type NoticeType = (typeof NOTICE_TYPES)[number];

/** Something that people want to hear of where they are. */
export interface Notice {
  /** `test` is sent by `escale webhook test` alone. */
  type: NoticeType | 'test';
  /** ms since 1970. */
  at: number;
  system: string;
  environment: string;
  /** 0: none. */
  release: number;
  message: string;
  /** Where more is to be seen. */
  url: string;
}

export const FORMATS = ['json', 'slack'] as const;
export type Format = (typeof FORMATS)[number];

export function isNoticeType(word: string): word is NoticeType {
  return (NOTICE_TYPES as readonly string[]).includes(word);
}

/** What is sent: all of it as JSON, or one text for Slack and what speaks like it. */
export function bodyOf(notice: Notice, format: Format): string {
  const { at, release, ...more } = notice;
  if (format === 'json')
    return JSON.stringify({
      ...more,
      at: new Date(at).toISOString(),
      release: release === 0 ? null : release,
    });
  const where = notice.system === '' ? '' : `*${notice.system}* in ${notice.environment}`;
  const what = release === 0 ? notice.type : `${notice.type} (release ${release})`;
  const text = [where, what, notice.message].filter((part) => part !== '').join(': ');
  return JSON.stringify({ text: `${forSlack(text)}\n<${notice.url}>` });
}

/** The three signs that mean something there (Slack: "Formatting text for app surfaces"). */
function forSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Proves to whoever knows the secret that a body comes from here, as GitHub does it. */
export function signatureOf(body: string, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

const SECOND = 1000;
const PAUSES = [5, 15, 60, 300, 900, 1800].map((seconds) => seconds * SECOND);
/** Who does not answer for a day is given up. */
export const LONGEST_MS = 24 * 3600 * SECOND;

/** How long to wait after this many attempts, ms; longer and longer, up to an hour. */
export function pauseAfter(attempts: number): number {
  return PAUSES[attempts - 1] ?? 3600 * SECOND;
}
