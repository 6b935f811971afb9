export { FORMATS, type Format, NOTICE_TYPES, type Notice, type NoticeType } from './notice.ts';
export { Notices, type WebhookView, type WebhookWish } from './notices.ts';
