/** Messages through the operating system. Kept while they stand: a collected one loses its click. */
import { Notification } from 'electron';
import type { Host } from '../host.ts';

export function systemNotifications(showMain: () => void): NonNullable<Host['notifications']> | null {
  if (!Notification.isSupported()) return null;
  const shown = new Map<string, Notification>();
  return {
    show({ id, title, body }, onClick) {
      const notification = new Notification({ title, body });
      notification.on('click', onClick);
      notification.on('close', () => shown.delete(id));
      shown.set(id, notification);
      notification.show();
    },
    withdraw(id) {
      shown.get(id)?.close();
      shown.delete(id);
    },
    showMain,
  };
}
