/** Where a log is saved to, with the same questions as for every file of Berth's: never over another one unasked. */
import { Button, Checkbox, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { LogRef } from '../../../src-preload/contract/logs.ts';
import { berth } from '../../bridge.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import { formatBytes } from '../../ui/format.ts';
import style from './logs.module.css';
import { useWords } from './words.ts';

interface Props {
  readonly log: LogRef;
  readonly name: string;
}

export function SaveLog({ log, name }: Props) {
  const t = useWords();
  const [path, setPath] = useState(`~/${name.replace(/[^\w.-]/g, '_')}.log`);
  const [plain, setPlain] = useState(true);
  const save = useMutation({
    mutationFn: (replace: boolean) => berth.logs.save({ ...log, path: path.trim(), plain, replace }),
  });
  const pathField = useRef<HTMLInputElement>(null);
  const { isPending } = save;
  useEffect(() => {
    // The pressed button was disabled while it worked, which took the focus away.
    if (!isPending && document.activeElement === document.body) pathField.current?.focus();
  }, [isPending]);
  const error = save.error ? toErrorValue(save.error) : null;
  const exists = error?.code === 'file-exists';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (path.trim() !== '') save.mutate(false);
  };
  return (
    <form className={style.save} onSubmit={submit}>
      <div className={style.saveRow}>
        <TextInput
          ref={pathField}
          className={style.path ?? ''}
          size="xs"
          label={t('save.path')}
          value={path}
          onChange={(event) => {
            setPath(event.currentTarget.value);
            save.reset();
          }}
          autoComplete="off"
          spellCheck={false}
        />
        <Checkbox
          size="xs"
          label={t('save.plain')}
          checked={plain}
          onChange={(event) => setPlain(event.currentTarget.checked)}
        />
        <Button size="xs" type="submit" loading={save.isPending} disabled={path.trim() === ''}>
          {t('save.do')}
        </Button>
      </div>
      {save.data && (
        <p role="status" className={style.note}>
          {t('save.saved', { path: save.data.path, size: formatBytes(save.data.bytes) })}
        </p>
      )}
      {exists && (
        <p role="alert" className={style.note}>
          {t('save.exists')}{' '}
          <Button size="compact-xs" variant="default" loading={save.isPending} onClick={() => save.mutate(true)}>
            {t('save.replace')}
          </Button>
        </p>
      )}
      {error && !exists && <ErrorNotice error={error} />}
    </form>
  );
}
