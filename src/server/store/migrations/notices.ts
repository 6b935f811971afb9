/** Addresses that are told what happens, and what is still to be told. */
export const NOTICES = [
  `CREATE TABLE webhooks (
     id INTEGER PRIMARY KEY AUTOINCREMENT, url TEXT NOT NULL, host TEXT NOT NULL, format TEXT NOT NULL,
     types TEXT NOT NULL, allow_inside INTEGER NOT NULL, added_at INTEGER NOT NULL, told_at INTEGER, problem TEXT) STRICT;
   CREATE TABLE notice_queue (
     id INTEGER PRIMARY KEY AUTOINCREMENT, webhook INTEGER NOT NULL REFERENCES webhooks ON DELETE CASCADE,
     delivery TEXT NOT NULL, type TEXT NOT NULL, body TEXT NOT NULL, at INTEGER NOT NULL, attempts INTEGER NOT NULL,
     due INTEGER NOT NULL) STRICT;
   CREATE INDEX notice_queue_by_webhook ON notice_queue (webhook, due);`,
];
