/** The end by force: with its consequences, only where the site would take it, and with what came of each. */
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { EndTrouble, useEndLine } from './end-trouble.tsx';
import { LeftBehind } from './left-behind.tsx';
import style from './terminate.module.css';
import { useEndings } from './use-endings.ts';
import { useEnds } from './use-ends.ts';
import { useWords } from './words.ts';

interface Props {
  readonly accountId: string;
  readonly sessions: readonly Session[];
  readonly onClose: () => void;
}

export function ForceDialog({ accountId, sessions, onClose }: Props) {
  const t = useWords();
  const endLine = useEndLine();
  const { outcome, end } = useEnds(accountId, true);
  const endings = useEndings(accountId, sessions);
  const rows = sessions.map((session, at) => ({ session, ending: endings[at], error: outcome.get(session.id) }));
  const possible = rows.filter(({ ending, error }) => ending?.force === 'offered' && error !== null);
  const terminate = useMutation({
    mutationFn: async () => {
      let failed = 0;
      for (const { session } of possible) if ((await end(session.id)) !== null) failed += 1;
      return failed;
    },
    onSuccess: (failed) => {
      if (failed === 0) onClose();
    },
  });
  const [first] = rows;
  const isSingle = rows.length === 1;
  const title =
    first && isSingle
      ? t('title.forced', { name: first.session.name })
      : t('title.forced.many', { n: sessions.length });
  return (
    <Dialog
      role="alertdialog"
      width={520}
      title={title}
      onClose={onClose}
      footer={
        <>
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('cancel')}
          </Button>
          <Button
            className={style.danger ?? ''}
            color="var(--danger)"
            loading={terminate.isPending}
            disabled={possible.length === 0}
            onClick={() => terminate.mutate()}
          >
            {t('do')}
          </Button>
        </>
      }
    >
      {rows.map(({ session, ending, error }) => (
        <p key={session.id} role={error === undefined ? undefined : 'status'}>
          {!isSingle && <strong>{session.name}: </strong>}
          {error === null
            ? t('many.ended')
            : error && !isSingle
              ? endLine(error)
              : ending
                ? t(`force.${ending.reason}`, { status: session.status })
                : t('force.asking')}
        </p>
      ))}
      {possible.length > 0 && (
        <>
          <p>{t('forced')}</p>
          <LeftBehind accountId={accountId} sessions={possible.map(({ session }) => session)} />
          <p>{t('forced.files')}</p>
        </>
      )}
      {isSingle && first?.error && <EndTrouble error={first.error} />}
    </Dialog>
  );
}
