/** How other programs reach the session by SSH, and saving its private key after saying what it opens. */
import { Button, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import type { SshInfo } from '../../../src-preload/contract/ssh.ts';
import { berth } from '../../bridge.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import { Icon } from '../../ui/icons.tsx';
import { Loading } from '../../ui/loading.tsx';
import style from './dialogs.module.css';
import { withKeyPath } from './ssh-command-policy.ts';
import { SshConfigSection } from './ssh-config-section.tsx';
import own from './ssh-dialog.module.css';
import { useWords } from './words.ts';

interface Props {
  readonly accountId: string;
  readonly session: Session;
  readonly onClose: () => void;
}

export function SshDialog({ accountId, session, onClose }: Props) {
  const t = useWords();
  const info = useQuery({
    queryKey: ['ssh.info', accountId, session.id],
    queryFn: ({ signal }) => berth.ssh.info({ accountId, sessionId: session.id }, { signal }),
    staleTime: 0,
  });
  const [savedPath, setSavedPath] = useState<string | null>(null);
  const command = info.data && (savedPath === null ? info.data.command : withKeyPath(info.data.command, savedPath));
  return (
    <Dialog title={t('ssh.title', { name: session.name })} width={600} onClose={onClose}>
      {info.isPending && <Loading words={t('ssh.loading')} />}
      {info.error && !info.data && (
        <ErrorNotice error={toErrorValue(info.error)} onRetry={() => void info.refetch()} busy={info.isFetching} />
      )}
      {info.data && command && (
        <>
          <dl className={style.facts}>
            <dt>{t('ssh.user')}</dt>
            <dd className="mono">{info.data.user}</dd>
            <dt>{t('ssh.fingerprint')}</dt>
            <dd className={info.data.hostKeyFingerprint ? 'mono' : 'soft'}>
              {info.data.hostKeyFingerprint ?? t('ssh.noFingerprint')}
            </dd>
          </dl>
          <SshConfigSection accountId={accountId} sessionId={session.id} info={info.data} />
          <details className={own.byHand}>
            <summary>{t('ssh.byHand')}</summary>
            <p className={own.command}>
              <code className="mono">{command}</code>
              <CopyButton text={command} label={t('ssh.copyCommand')} />
            </p>
            <SaveKey accountId={accountId} sessionId={session.id} info={info.data} onSaved={setSavedPath} />
          </details>
        </>
      )}
    </Dialog>
  );
}

interface SaveKeyProps {
  readonly accountId: string;
  readonly sessionId: string;
  readonly info: SshInfo;
  readonly onSaved: (path: string) => void;
}

function SaveKey({ accountId, sessionId, info, onSaved }: SaveKeyProps) {
  const t = useWords();
  const [path, setPath] = useState(info.keyPath);
  const save = useMutation({
    mutationFn: (replace: boolean) => berth.ssh.saveKey({ accountId, sessionId, path: path.trim(), replace }),
    onSuccess: (saved) => onSaved(saved.path),
  });
  const error = save.error ? toErrorValue(save.error) : null;
  const exists = error?.code === 'file-exists';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (path.trim() !== '') save.mutate(false);
  };
  return (
    <form className={style.saveKey} onSubmit={submit}>
      <p>{t('ssh.what')}</p>
      <div className={style.pathRow}>
        <TextInput
          className={style.path ?? ''}
          label={t('ssh.path')}
          value={path}
          onChange={(event) => {
            setPath(event.currentTarget.value);
            save.reset();
          }}
          autoComplete="off"
          spellCheck={false}
        />
        <Button type="submit" leftSection={<Icon name="key" />} loading={save.isPending} disabled={path.trim() === ''}>
          {t('ssh.save')}
        </Button>
      </div>
      {save.data && (
        <p role="status" className={style.saved}>
          <Icon name="check" />
          <span>
            {t('ssh.saved', { path: save.data.path })} {t('ssh.inCommand')}
          </span>
        </p>
      )}
      {exists && (
        <div role="alert" className={style.exists}>
          <span>{t('ssh.exists')}</span>
          <Button variant="default" loading={save.isPending} onClick={() => save.mutate(true)}>
            {t('ssh.replace')}
          </Button>
        </div>
      )}
      {error && !exists && <ErrorNotice error={error} />}
    </form>
  );
}
