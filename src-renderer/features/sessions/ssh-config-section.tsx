/** The session in the person's own SSH configuration: one click to add it, with a choice of who holds the key, and one to remove it. */
import { Button, Radio } from '@mantine/core';
import '@mantine/core/styles/Radio.layer.css';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { SshInfo, SshKeyBy } from '../../../src-preload/contract/ssh.ts';
import { berth } from '../../bridge.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import { Icon } from '../../ui/icons.tsx';
import style from './ssh-dialog.module.css';
import { useWords } from './words.ts';

interface Props {
  readonly accountId: string;
  readonly sessionId: string;
  readonly info: SshInfo;
}

export function SshConfigSection({ accountId, sessionId, info }: Props) {
  const t = useWords();
  const client = useQueryClient();
  const [keyBy, setKeyBy] = useState<SshKeyBy>(info.entry?.keyBy === 'file' ? 'file' : 'agent');
  const settled = () => client.invalidateQueries({ queryKey: ['ssh.info', accountId, sessionId] });
  const add = useMutation({
    mutationFn: () => berth.ssh.add({ accountId, sessionId, keyBy }),
    onSettled: settled,
  });
  const remove = useMutation({ mutationFn: () => berth.ssh.remove({ accountId, sessionId }), onSettled: settled });
  const { entry } = info;
  const error = add.error ?? remove.error;
  const value = error ? toErrorValue(error) : null;
  const line = value?.code === 'ssh-config' && typeof value.params.line === 'string' ? value.params.line : '';
  const command = `ssh ${info.alias}`;
  return (
    <section className={style.section} aria-label={t('ssh.config')}>
      <h3 className={style.heading}>{t('ssh.config')}</h3>
      {entry ? (
        <>
          <p role="status" className={style.done}>
            <Icon name="check" />
            <span>{t('ssh.config.added')}</span>
          </p>
          <p className={style.command}>
            <code className="mono">{command}</code>
            <CopyButton text={command} label={t('ssh.config.copy')} />
          </p>
          <p className={style.text}>
            {entry.keyFile === null
              ? t(entry.keyBy === 'own' ? 'ssh.config.byOwn' : 'ssh.config.byAgent')
              : t('ssh.config.byFile', { path: entry.keyFile })}
          </p>
          <div className={style.buttons}>
            <Button
              variant="default"
              loading={remove.isPending}
              onClick={() => {
                add.reset();
                remove.mutate();
              }}
            >
              {t('ssh.config.remove')}
            </Button>
          </div>
        </>
      ) : (
        <>
          <p className={style.text}>{t('ssh.config.what', { command, file: info.configFile })}</p>
          <Radio.Group
            label={t('ssh.config.key')}
            value={keyBy}
            onChange={(next) => setKeyBy(next === 'file' ? 'file' : 'agent')}
          >
            <div className={style.choices}>
              {(['agent', 'file'] as const).map((it) => (
                <Radio
                  key={it}
                  size="xs"
                  value={it}
                  label={t(`ssh.config.${it}`)}
                  description={t(`ssh.config.${it}.why`)}
                />
              ))}
            </div>
          </Radio.Group>
          <div className={style.buttons}>
            <Button
              loading={add.isPending}
              onClick={() => {
                remove.reset();
                add.mutate();
              }}
            >
              {t('ssh.config.add')}
            </Button>
          </div>
        </>
      )}
      {value && <ErrorNotice error={value} />}
      {line !== '' && (
        <>
          <p className={style.text}>
            {t(remove.error ? 'ssh.config.byHandAway' : 'ssh.config.byHand', { file: info.configFile })}
          </p>
          <p className={style.command}>
            <code className="mono">{line}</code>
            <CopyButton text={line} label={t('ssh.config.copyLine')} />
          </p>
        </>
      )}
    </section>
  );
}
