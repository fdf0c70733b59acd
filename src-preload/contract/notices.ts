/** What a person is told unasked: a session is about to be taken away, has ended by itself, or was saved as an image. */
import { z } from 'zod';
import { AccountId, Instant, Nothing, Uuid } from './common.ts';
import { call, event } from './verbs.ts';

export const Notice = z.strictObject({
  /** The same for the same message: it is never told twice. */
  id: z.string(),
  kind: z.enum(['reclaim', 'ended', 'failed', 'saved', 'not-saved']),
  accountId: AccountId,
  sessionId: Uuid,
  /** In the language of the settings, ready to be shown. */
  title: z.string(),
  body: z.string(),
  at: Instant,
});
export type Notice = z.infer<typeof Notice>;

export const NoticeState = z.strictObject({
  /** Those that still hold, oldest first. */
  notices: z.array(Notice),
  /** `system`: Berth itself shows them through the operating system; `window`: windows have to. */
  shownBy: z.enum(['system', 'window']),
});
export type NoticeState = z.infer<typeof NoticeState>;

export const notices = {
  list: call(Nothing, NoticeState),
  dismiss: call(z.strictObject({ id: z.string().max(512) }), Nothing),
  changed: event(NoticeState),
  /** Somebody clicked one: show that session. */
  opened: event(z.strictObject({ accountId: AccountId, sessionId: Uuid })),
};
