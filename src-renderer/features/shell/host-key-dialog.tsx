/**
 * A changed host key stops everything until a person has decided. Stays until one of both choices is made; neither is
 * taken by Escape or a stray Enter.
 */
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Link } from '../../../src-preload/contract/links.ts';
import { berth } from '../../bridge.ts';
import { useLinks } from '../../state/use-links.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import style from './shell.module.css';
import { useShellWords } from './words.ts';

const keyOf = (link: Link) => `${link.sessionId} ${link.since}`;

/** Shows the dialog for the first link whose host key changed and was not decided on yet. */
export function HostKeyGuard() {
  const links = useLinks();
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const changed = links.data?.find((it) => it.error?.code === 'host-key-changed' && !left.has(keyOf(it)));
  if (!changed) return null;
  return (
    <HostKeyDialog key={keyOf(changed)} link={changed} onClose={() => setLeft(new Set([...left, keyOf(changed)]))} />
  );
}

export function HostKeyDialog({ link, onClose }: { readonly link: Link; readonly onClose: () => void }) {
  const t = useShellWords();
  const { expected: before, actual: now } = link.error?.params ?? {};
  const accept = useMutation({
    mutationFn: () => {
      const { accountId, sessionId } = link;
      return berth.links.acceptHostKey({ accountId, sessionId, fingerprint: String(now ?? '') });
    },
    onSuccess: onClose,
  });
  return (
    <Dialog
      role="alertdialog"
      width={560}
      dismissible={false}
      title={t('hostKey.title', { session: link.sessionName })}
      onClose={onClose}
      footer={
        <>
          <Button variant="default" loading={accept.isPending} onClick={() => accept.mutate()}>
            {t('hostKey.accept')}
          </Button>
          <Button onClick={onClose} data-autofocus>
            {t('hostKey.stay')}
          </Button>
        </>
      }
    >
      <p>{t('hostKey.what')}</p>
      <p>{t('hostKey.harmless')}</p>
      <p>{t('hostKey.harmful')}</p>
      {(before !== undefined || now !== undefined) && (
        <dl className={style.keys}>
          {before !== undefined && (
            <>
              <dt>{t('hostKey.before')}</dt>
              <dd className="mono">{before}</dd>
            </>
          )}
          {now !== undefined && (
            <>
              <dt>{t('hostKey.now')}</dt>
              <dd className="mono">{now}</dd>
            </>
          )}
        </dl>
      )}
      {accept.error && <ErrorNotice error={toErrorValue(accept.error)} />}
    </Dialog>
  );
}
