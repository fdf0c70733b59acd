/** A session that admits none of the keys that Berth has for it: the person chooses one of their own. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Link } from '../../../src-preload/contract/links.ts';
import { useLinks } from '../../state/use-links.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { OwnKeyForm } from './own-key-form.tsx';
import { useShellWords } from './words.ts';

const keyOf = (link: Link) => `${link.sessionId} ${link.since}`;

/** Comes up by itself where a terminal waits for a key; apps go around the link and need none. */
export function OwnKeyGuard() {
  const links = useLinks();
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const waiting = links.data?.find(
    (it) =>
      it.terminals > 0 &&
      (it.error?.code === 'key-missing' || it.error?.code === 'key-refused') &&
      !left.has(keyOf(it)),
  );
  if (!waiting) return null;
  return (
    <OwnKeyDialog key={keyOf(waiting)} link={waiting} onClose={() => setLeft(new Set([...left, keyOf(waiting)]))} />
  );
}

export function OwnKeyDialog({ link, onClose }: { readonly link: Link; readonly onClose: () => void }) {
  const t = useShellWords();
  return (
    <Dialog
      title={t('ownKey.title', { session: link.sessionName })}
      width={560}
      onClose={onClose}
      footer={
        <Button variant="default" onClick={onClose}>
          {t('ownKey.later')}
        </Button>
      }
    >
      <p>{t(link.error?.code === 'key-refused' ? 'ownKey.refused' : 'ownKey.missing')}</p>
      <p>{t('ownKey.text')}</p>
      <OwnKeyForm accountId={link.accountId} onChosen={onClose} />
    </Dialog>
  );
}
