import type { ResponseFraming } from '../framing/body.ts';
import { Refusal } from '../framing/refusal.ts';
import { parseResponseHead, type ResponseHead } from '../framing/response-head.ts';
import type { Limits } from '../limits.ts';
import { type ClientTerms, responseHeadText } from './forward-head.ts';
import { inOnePiece, ReusedText } from './reused-text.ts';

/** Longer heads are not kept. */
const KEPT_BYTES = 2_048;

/** The last answer's head: the answer to the same request mostly has the same, but for a new date each second. */
export class KnownAnswer {
  private block = '';
  private head: ResponseHead | null = null;
  private readonly text = new ReusedText();
  private textIsFor: (ClientTerms & { framing: ResponseFraming }) | null = null;

  /** What `block`, status line and fields, means; parsed only if it is another one than last time. */
  headOf(block: string, limits: Limits): ResponseHead | Refusal {
    if (this.head !== null && block === this.block) return this.head;
    const own = inOnePiece(block);
    const head = parseResponseHead(own, limits);
    if (head instanceof Refusal || own.length > KEPT_BYTES) return head;
    this.block = own;
    this.head = head;
    this.textIsFor = null;
    return head;
  }

  /** The head that the client gets for `head`. */
  textOf(head: ResponseHead, framing: ResponseFraming, terms: ClientTerms): string {
    if (head !== this.head) return responseHeadText(head, framing, terms);
    const known = this.textIsFor;
    const isKnown =
      known !== null &&
      known.framing === framing &&
      known.minor === terms.minor &&
      known.keepAlive === terms.keepAlive;
    if (isKnown) return this.text.again();
    this.textIsFor = { ...terms, framing };
    return this.text.become(responseHeadText(head, framing, terms));
  }
}
