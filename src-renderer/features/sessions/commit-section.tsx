/** Saving a session as an image: what it makes, what it leaves out, and how far it is (web client parity P-COMMIT). */
import { Button, Progress, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useContext, useId, useState } from 'react';
import type { TaskProgress } from '../../../src-preload/contract/session-facts.ts';
import type { OwnImages } from '../../../src-preload/contract/session-rules.ts';
import { ImageName, type Session } from '../../../src-preload/contract/sessions.ts';
import { berth } from '../../bridge.ts';
import { queryClient } from '../../state/query.ts';
import { useSessionRules } from '../../state/use-session-rules.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import { refused } from '../../ui/refused.ts';
import { isOthers } from './action-policy.ts';
import { commitRefusal } from './commit-policy.ts';
import style from './detail-panel.module.css';
import { useDetailWords } from './detail-words.ts';
import { Blocked, OwnKey } from './session-cells.tsx';
import { useWords } from './words.ts';

const keyOf = (accountId: string, sessionId: string) => ['sessions.commitState', accountId, sessionId] as const;

berth.sessions.onCommitting(({ accountId, sessionId, progress }) => {
  queryClient.setQueryData<TaskProgress | null>(keyOf(accountId, sessionId), progress);
});

interface Props {
  readonly accountId: string;
  readonly session: Session;
}

export function CommitSection({ accountId, session }: Props) {
  const t = useDetailWords();
  const blocked = useContext(Blocked);
  const others = isOthers(session, useContext(OwnKey));
  const rules = useSessionRules(accountId);
  const refusal = commitRefusal(session, rules, others);
  const reason = refusal === null ? blocked : t(refusal);
  const [asking, setAsking] = useState(false);
  const progress = useQuery({
    queryKey: keyOf(accountId, session.id),
    queryFn: () => berth.sessions.commitState({ accountId, sessionId: session.id }),
  }).data;
  const running = progress?.state === 'running' || session.commitStatus === 'ongoing';
  return (
    <>
      {running ? (
        <div role="status" className={style.reason}>
          {t('commit.running')} {progress?.message}
          <Progress
            aria-label={t('commit.running')}
            size="sm"
            mt={6}
            value={(progress?.fraction ?? 1) * 100}
            animated={progress?.fraction === null}
          />
        </div>
      ) : (
        progress && (
          <p role="status" className={style.reason}>
            {progress.state === 'failed'
              ? t('commit.failed', { message: progress.message })
              : t(progress.state === 'done' ? 'commit.done' : 'commit.cancelled')}
          </p>
        )
      )}
      {!running && (
        <Button
          size="compact-sm"
          variant="default"
          mt={6}
          {...refused(reason)}
          onClick={() => {
            if (reason === null) setAsking(true);
          }}
        >
          {t('commit.button')}
        </Button>
      )}
      {refusal !== null && !running && <p className={style.note}>{t(refusal)}</p>}
      {asking && <CommitDialog accountId={accountId} session={session} onClose={() => setAsking(false)} />}
    </>
  );
}

function CommitDialog({ accountId, session, onClose }: Props & { readonly onClose: () => void }) {
  const t = useDetailWords();
  const w = useWords();
  const formId = useId();
  const blocked = useContext(Blocked);
  const [name, setName] = useState(session.name.slice(0, 32));
  const valid = ImageName.safeParse(name).success;
  const own = useQuery({
    queryKey: ['sessions.ownImages', accountId],
    queryFn: ({ signal }) => berth.sessions.ownImages({ accountId }, { signal }),
    gcTime: 0,
  }).data;
  const commit = useMutation({
    mutationFn: () => berth.sessions.commit({ accountId, sessionId: session.id, imageName: name }),
    onSuccess: onClose,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (valid && blocked === null) commit.mutate();
  };
  return (
    <Dialog
      title={t('commit.title', { name: session.name })}
      width={460}
      onClose={onClose}
      footer={
        <>
          <Button variant="default" onClick={onClose}>
            {w('cancel')}
          </Button>
          <Button type="submit" form={formId} loading={commit.isPending} disabled={!valid} {...refused(blocked)}>
            {t('commit.do')}
          </Button>
        </>
      }
    >
      <p>{t('commit.what')}</p>
      <p>{t('commit.without')}</p>
      <ul className={style.without}>
        <li>{t('commit.without.folders')}</li>
        <li>{t('commit.without.memory')}</li>
        {session.clusterSize > 1 && <li>{t('commit.without.others')}</li>}
      </ul>
      {own && <OwnImagesLine {...own} />}
      <form id={formId} onSubmit={submit}>
        <TextInput
          data-autofocus
          label={t('commit.name')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={valid ? undefined : t('commit.rule')}
          autoComplete="off"
          spellCheck={false}
        />
      </form>
      <p className={style.note}>{t('commit.goesOn')}</p>
      {commit.error && <ErrorNotice error={toErrorValue(commit.error)} />}
    </Dialog>
  );
}

/** How many images of one's own there are; and, where they are as many as the policy allows, what then happens. */
function OwnImagesLine({ have, limit }: OwnImages) {
  const t = useDetailWords();
  if (have === null) return null;
  if (limit === null) return <p className={style.note}>{t('commit.own', { count: have })}</p>;
  const isFull = have >= limit;
  return (
    <p role="status" className={isFull ? style.full : style.note}>
      {t('commit.ownOf', { have, limit })} {isFull && t('commit.full')}
    </p>
  );
}
