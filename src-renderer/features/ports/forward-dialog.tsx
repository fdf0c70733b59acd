/** Asks which port of which session to open on this computer, and says what that means. */
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { mainKernel } from '../../../src-preload/contract/forwards.ts';
import { berth } from '../../bridge.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import { readPort } from './port-policy.ts';
import style from './ports.module.css';
import { noteForward, useRunning } from './use-forwards.ts';
import { useWords } from './words.ts';

interface Props {
  readonly accountId: string;
  readonly onClose: () => void;
}

export function ForwardDialog({ accountId, onClose }: Props) {
  const t = useWords();
  const formId = useId();
  const sessions = useRunning(accountId);
  const [chosen, setChosen] = useState<string | null>(null);
  const [kernel, setKernel] = useState(mainKernel);
  const [portText, setPortText] = useState('');
  const [localText, setLocalText] = useState('');
  const session = sessions.find(({ id }) => id === chosen) ?? sessions[0];
  const kernels = session && session.kernels.length > 0 ? session.kernels.map((it) => it.hostname) : [mainKernel];
  const host = kernels.includes(kernel) ? kernel : (kernels[0] ?? mainKernel);
  const port = readPort(portText);
  const localPort = readPort(localText);
  const target = session && port !== null ? { accountId, sessionId: session.id, kernel: host, port } : null;
  const suggested = useQuery({
    queryKey: ['forwards.suggest', target],
    queryFn: () => (target ? berth.forwards.suggest(target) : null),
    enabled: target !== null,
    staleTime: 0,
  });
  const listening = useMutation({
    mutationFn: (place: { readonly sessionId: string; readonly kernel: string }) =>
      berth.forwards.listening({ accountId, ...place, asked: true }),
  });
  const open = useMutation({
    mutationFn: async (local: number | null) => (target ? berth.forwards.open({ ...target, localPort: local }) : null),
    onSuccess: (forward) => {
      if (forward) noteForward(forward);
      onClose();
    },
  });
  const error = open.error ? toErrorValue(open.error) : null;
  const free = error?.code === 'port-taken' && typeof error.params.free === 'number' ? error.params.free : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (target && (localText.trim() === '' || localPort !== null)) {
      open.mutate(localText.trim() === '' ? (suggested.data?.localPort ?? null) : localPort);
    }
  };
  const isLooked = listening.variables?.sessionId === session?.id && listening.variables?.kernel === host;
  const { ports: listens, unseen } = (isLooked && listening.data) || {};
  return (
    <Dialog
      title={t('dialog.title')}
      width={460}
      onClose={onClose}
      footer={
        <>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button
            type="submit"
            form={formId}
            loading={open.isPending}
            disabled={target === null || (localText.trim() !== '' && localPort === null)}
          >
            {t('dialog.open')}
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} className={style.form}>
        <p className={style.what}>{t('dialog.what')}</p>
        {sessions.length === 0 && <p className={style.what}>{t('dialog.noSession')}</p>}
        <div className={style.pair}>
          <NativeSelect
            label={t('dialog.session')}
            value={session?.id ?? ''}
            disabled={sessions.length === 0}
            data={sessions.map(({ id, name }) => ({ value: id, label: name }))}
            onChange={(event) => {
              setChosen(event.currentTarget.value);
              open.reset();
            }}
          />
          <NativeSelect
            label={t('dialog.kernel')}
            value={host}
            data={kernels}
            disabled={kernels.length === 1}
            onChange={(event) => setKernel(event.currentTarget.value)}
          />
        </div>
        <div className={style.pair}>
          <TextInput
            data-autofocus
            label={t('dialog.port')}
            inputMode="numeric"
            value={portText}
            error={portText.trim() !== '' && port === null ? t('dialog.portRange') : undefined}
            onChange={(event) => {
              setPortText(event.currentTarget.value);
              open.reset();
            }}
            autoComplete="off"
          />
          <TextInput
            label={t('dialog.localPort')}
            inputMode="numeric"
            value={localText}
            placeholder={suggested.data ? String(suggested.data.localPort) : t('dialog.localPort.any')}
            error={localText.trim() !== '' && localPort === null ? t('dialog.portRange') : undefined}
            onChange={(event) => {
              setLocalText(event.currentTarget.value);
              open.reset();
            }}
            autoComplete="off"
          />
        </div>
        {suggested.data && localText === '' && (
          <p className={style.what}>
            {t(suggested.data.remembered ? 'dialog.localPort.remembered' : 'dialog.localPort.free')}
          </p>
        )}
        {session && (
          <div className={style.listens}>
            {listens === undefined ? (
              <Button
                variant="default"
                size="compact-sm"
                loading={listening.isPending}
                onClick={() => listening.mutate({ sessionId: session.id, kernel: host })}
              >
                {t('dialog.look')}
              </Button>
            ) : (
              <span>
                {unseen
                  ? t(`dialog.unseen.${unseen}`, { main: kernels[0] ?? mainKernel, kernel: host })
                  : t(listens.length === 0 ? 'dialog.nothing' : 'dialog.listens')}
              </span>
            )}
            {listens?.map((it) => (
              <Button
                key={it.port}
                variant="default"
                size="compact-sm"
                aria-label={t('dialog.use', { port: it.port })}
                onClick={() => setPortText(String(it.port))}
              >
                <span className="numbers">{it.port}</span>
                {it.program !== null && <span className={style.program}>{it.program}</span>}
              </Button>
            ))}
          </div>
        )}
        {isLooked && listening.error && <ErrorNotice error={toErrorValue(listening.error)} />}
        {error && <ErrorNotice error={error} />}
        {free !== null && (
          <Button
            variant="default"
            onClick={() => {
              setLocalText(String(free));
              open.mutate(free);
            }}
          >
            {t('dialog.useFree', { port: free })}
          </Button>
        )}
      </form>
    </Dialog>
  );
}
