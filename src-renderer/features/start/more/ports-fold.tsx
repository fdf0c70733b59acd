/** Ports of a person's own servers in the session, opened beforehand. */
import { Button, TextInput } from '@mantine/core';
import type { ClipboardEvent } from 'react';
import type { PortChoice } from '../../../../src-preload/contract/launch-spec.ts';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Icon } from '../../../ui/icons.tsx';
import { Fold } from '../fold.tsx';
import { readPortList } from '../ports-policy.ts';
import type { StartForm } from '../use-start-form.ts';
import { useVerdictWords } from '../verdict/verdict-words.ts';
import classes from './more.module.css';
import { useMoreWords } from './more-words.ts';

export function PortsFold({ form }: { readonly form: StartForm }) {
  const t = useMoreWords();
  const v = useVerdictWords();
  const { spec, setSpec, ports } = form;
  const rows = spec.ports.length > 0 ? spec.ports : [{ ports: '', name: '' }];
  const most = form.options.data?.rules.maxPorts ?? 0;
  const change = (next: PortChoice[]) => setSpec({ ports: next });
  const update = (index: number, part: Partial<PortChoice>) =>
    change(rows.map((row, at) => (at === index ? { ...row, ...part } : row)));

  function onPaste(event: ClipboardEvent, index: number): void {
    const list = readPortList(event.clipboardData.getData('text'));
    if (list.length < 2) return;
    event.preventDefault();
    change([...rows.slice(0, index), ...list, ...rows.slice(index + 1)]);
  }

  return (
    <Fold
      title={t('ports')}
      state={ports.ports.length > 0 ? ports.ports.join(', ') : t('none')}
      isSet={ports.ports.length > 0}
      invalid={ports.problems.some((it) => it !== null)}
      parts={['ports']}
    >
      <p className={classes.words}>
        {t('ports.help')} {t('ports.most', { count: most })}
      </p>
      {rows.map((row, index) => {
        const problem = ports.problems[index];
        const place = { index: index + 1 };
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place.
          <div className={classes.row} key={index}>
            <TextInput
              size="xs"
              aria-label={t('ports.port', place)}
              placeholder={t('ports.portPlaceholder')}
              value={row.ports}
              autoComplete="off"
              maxLength={64}
              error={problem ? v(`ports.${problem}`, { text: row.ports.trim() || '–' }) : null}
              onChange={(event) => update(index, { ports: event.currentTarget.value })}
              onPaste={(event) => onPaste(event, index)}
            />
            <TextInput
              size="xs"
              aria-label={t('ports.name', place)}
              placeholder={t('ports.namePlaceholder')}
              value={row.name}
              autoComplete="off"
              maxLength={64}
              onChange={(event) => update(index, { name: event.currentTarget.value })}
            />
            <IconButton
              icon="close"
              label={t('ports.remove', place)}
              onClick={() => change(rows.filter((_, at) => at !== index))}
            />
          </div>
        );
      })}
      <div className={classes.buttons}>
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<Icon name="plus" size={12} />}
          onClick={() => change([...rows, { ports: '', name: '' }])}
        >
          {t('ports.add')}
        </Button>
      </div>
    </Fold>
  );
}
