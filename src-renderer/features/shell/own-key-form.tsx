/**
 * The person's own SSH key of an account: which one there is, another one from a file, the SSH agent, none. The file is
 * read in the main process; here only its path and a passphrase are typed.
 */
import { Button, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { OwnKey } from '../../../src-preload/contract/keys.ts';
import { berth } from '../../bridge.ts';
import { queryClient } from '../../state/query.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import { Loading } from '../../ui/loading.tsx';
import style from './connection-form.module.css';
import { useShellWords } from './words.ts';

interface Props {
  readonly accountId: string;
  /** A key was chosen. */
  readonly onChosen?: () => void;
}

export function OwnKeyForm({ accountId, onChosen }: Props) {
  const t = useShellWords();
  const queryKey = ['keys.own', accountId];
  const query = useQuery({ queryKey, queryFn: () => berth.keys.own({ accountId }), staleTime: 0 });
  const path = useRef<HTMLInputElement>(null);
  const passphrase = useRef<HTMLInputElement>(null);
  const [isLocked, setLocked] = useState(false);
  const refresh = () => queryClient.invalidateQueries({ queryKey });
  const choose = useMutation({
    mutationFn: (how: 'file' | 'agent') =>
      how === 'agent'
        ? berth.keys.chooseAgent({ accountId })
        : berth.keys.chooseFile({
            accountId,
            path: path.current?.value.trim() ?? '',
            passphrase: passphrase.current?.value || null,
          }),
    onSuccess: () => {
      setLocked(false);
      void refresh();
      onChosen?.();
    },
    onError: (error) => {
      const { code, params } = toErrorValue(error);
      if (code === 'key-file') setLocked(String(params.reason).startsWith('passphrase'));
    },
    // SECURITY: the passphrase crosses once and stays nowhere in the window (ways.spec.ts, "the key is asked for").
    onSettled: () => {
      if (passphrase.current) passphrase.current.value = '';
    },
  });
  const pick = useMutation({
    mutationFn: () => berth.keys.pickFile(),
    onSuccess: (picked) => {
      if (picked.path !== null && path.current) path.current.value = picked.path;
    },
  });
  const forget = useMutation({ mutationFn: () => berth.keys.forget({ accountId }), onSuccess: refresh });
  if (query.error) return <ErrorNotice error={toErrorValue(query.error)} />;
  if (!query.data) return <Loading />;
  const { key, hasAgent, canPick } = query.data;
  const failure = choose.error ?? pick.error ?? forget.error;
  // Asked for, not gone wrong: the field below says it.
  const asks = choose.error !== null && toErrorValue(choose.error).params.reason === 'passphrase-needed';

  return (
    <form
      className={style.form}
      aria-label={t('ownKey')}
      onSubmit={(event) => {
        event.preventDefault();
        if (path.current?.value.trim()) choose.mutate('file');
        else path.current?.focus();
      }}
    >
      {failure && !asks && <ErrorNotice error={toErrorValue(failure)} />}
      {key && <KeyFacts ownKey={key} />}
      <div className={style.keyFields}>
        <TextInput
          ref={path}
          label={t('ownKey.path')}
          placeholder="~/.ssh/id_ed25519"
          autoComplete="off"
          spellCheck={false}
          onChange={() => setLocked(false)}
        />
        {canPick && (
          <Button variant="default" loading={pick.isPending} onClick={() => pick.mutate()}>
            {t('ownKey.pick')}
          </Button>
        )}
        {isLocked && (
          <TextInput
            ref={passphrase}
            label={t('ownKey.passphrase')}
            description={asks ? t('ownKey.locked') : undefined}
            classNames={{ input: style.secret ?? '' }}
            autoComplete="off"
            spellCheck={false}
            data-autofocus
            autoFocus
          />
        )}
      </div>
      <div className={style.buttons}>
        <Button type="submit" variant={onChosen ? 'filled' : 'default'} loading={choose.isPending}>
          {t('ownKey.use')}
        </Button>
        {hasAgent && key?.kind !== 'agent' && (
          <Button variant="default" disabled={choose.isPending} onClick={() => choose.mutate('agent')}>
            {t('ownKey.agent')}
          </Button>
        )}
        {key && (
          <Button variant="default" loading={forget.isPending} onClick={() => forget.mutate()}>
            {t('ownKey.remove')}
          </Button>
        )}
      </div>
    </form>
  );
}

function KeyFacts({ ownKey }: { readonly ownKey: OwnKey }) {
  const t = useShellWords();
  return (
    <dl className={style.facts}>
      <div className={style.fact}>
        <dt>{t('ownKey.now')}</dt>
        <dd>{ownKey.kind === 'agent' ? t('ownKey.byAgent') : ownKey.type}</dd>
      </div>
      {ownKey.kind === 'file' && (
        <>
          <div className={style.fact}>
            <dt>{t('certificate.fingerprint')}</dt>
            <dd className="mono">{ownKey.fingerprint}</dd>
          </div>
          <div className={style.fact}>
            <dt>{t('ownKey.kept')}</dt>
            <dd>{t(ownKey.keptIn === 'os' ? 'ownKey.os' : 'ownKey.memory')}</dd>
          </div>
        </>
      )}
    </dl>
  );
}
