/** Makes a folder without leaving the launcher, and ticks it. */
import { Button, Select, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type KeyboardEvent, useState } from 'react';
import { berth } from '../../../bridge.ts';
import { ErrorNotice } from '../../../ui/error-notice.tsx';
import { toErrorValue } from '../../../ui/errors/sentences.ts';
import { Icon } from '../../../ui/icons.tsx';
import { folderNameProblem } from '../mount-policy.ts';
import layout from '../start.module.css';
import type { StartForm } from '../use-start-form.ts';
import { useFolderWords } from './folder-words.ts';
import classes from './folders.module.css';

interface Props {
  readonly form: StartForm;
  readonly onMade: (id: string, name: string) => void;
}

export function NewFolder({ form, onMade }: Props) {
  const t = useFolderWords();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState('');
  const [host, setHost] = useState<string | null>(null);
  const [tried, setTried] = useState(false);
  const hosts = form.hosts.data?.hosts ?? [];
  const chosenHost = host ?? form.hosts.data?.default ?? hosts[0] ?? null;
  const problem = folderNameProblem(
    name,
    (form.folders.data ?? []).map((folder) => folder.name),
  );
  const make = useMutation({
    mutationFn: () => berth.folders.create({ accountId: form.accountId, name, host: chosenHost }),
    onSuccess: async ({ id }) => {
      await form.folders.refetch();
      // One that mounts itself is not ticked: it is there in every session.
      if (!name.startsWith('.')) onMade(id, name);
      setOpen(false);
      setTried(false);
    },
  });

  function submit(): void {
    setTried(true);
    if (problem === null && !make.isPending) make.mutate();
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      // Of this little form: the launcher's own would launch.
      event.preventDefault();
      event.stopPropagation();
      submit();
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      setOpen(false);
    }
  }

  if (!open) {
    return (
      <div className={classes.newLine}>
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<Icon name="plus" size={12} />}
          onClick={() => {
            make.reset();
            setName('');
            setOpen(true);
          }}
        >
          {t('new')}
        </Button>
        <span role="status" className={layout.noteInline}>
          {make.isSuccess ? t('new.made', { name }) : ''}
        </span>
      </div>
    );
  }
  return (
    <div className={classes.newForm}>
      <TextInput
        size="xs"
        // It was just asked for by a button that is gone now.
        autoFocus
        label={t('new.name')}
        value={name}
        spellCheck={false}
        autoComplete="off"
        maxLength={100}
        error={problem !== null && (tried || (name !== '' && problem !== 'empty')) ? t(`new.${problem}`) : null}
        description={name.startsWith('.') && problem === null ? t('new.automatic') : undefined}
        onChange={(event) => setName(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      {hosts.length > 1 && (
        <Select
          size="xs"
          label={t('new.host')}
          data={hosts}
          value={chosenHost}
          onChange={setHost}
          allowDeselect={false}
        />
      )}
      <div className={classes.newButtons}>
        <Button size="xs" variant="default" onClick={() => setOpen(false)}>
          {t('new.cancel')}
        </Button>
        <Button size="xs" variant="default" disabled={make.isPending} onClick={submit}>
          {make.isPending ? t('new.making') : t('new.make')}
        </Button>
      </div>
      {make.error && (
        <div className={classes.newError}>
          <ErrorNotice error={toErrorValue(make.error)} />
        </div>
      )}
    </div>
  );
}
