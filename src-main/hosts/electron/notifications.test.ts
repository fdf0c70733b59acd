import { beforeEach, expect, it, vi } from 'vitest';
import { systemNotifications } from './notifications.ts';
import { Notification, resetElectron } from './testing/electron-stand-in.ts';

vi.mock('electron', () => import('./testing/electron-stand-in.ts'));
beforeEach(resetElectron);

it('shows a message through the system, brings the window up on a click, and takes it back', () => {
  let main = 0;
  let clicked = 0;
  const messages = systemNotifications(() => main++);
  messages?.show({ id: 'a', title: 's1 will be ended in 10 min', body: 'At 14:02' }, () => clicked++);
  const [shown] = Notification.all;
  expect(shown).toMatchObject({ state: 'shown', options: { title: 's1 will be ended in 10 min', body: 'At 14:02' } });
  shown?.emit('click');
  messages?.showMain();
  expect([clicked, main]).toEqual([1, 1]);
  messages?.withdraw('a');
  messages?.withdraw('a');
  expect(shown?.state).toBe('closed');
});

it('leaves them to windows where the system has none', () => {
  vi.spyOn(Notification, 'isSupported').mockReturnValueOnce(false);
  expect(systemNotifications(() => {})).toBeNull();
});
