/** Environment variables as rows; a pasted block becomes rows; what looks like a secret is masked. */
import { Button, Checkbox, Textarea, TextInput } from '@mantine/core';
import { type ClipboardEvent, useState } from 'react';
import type { EnvVariable } from '../../../../src-preload/contract/launch-spec.ts';
import { looksSecret } from '../../../../src-preload/contract/secret-looks.ts';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Icon } from '../../../ui/icons.tsx';
import { isThreadCount, looksLikeEnvBlock, mergeEnv, readEnvBlock } from '../environ-policy.ts';
import { Fold } from '../fold.tsx';
import type { StartForm } from '../use-start-form.ts';
import { useVerdictWords } from '../verdict/verdict-words.ts';
import classes from './more.module.css';
import { useMoreWords } from './more-words.ts';

export function EnvironFold({ form }: { readonly form: StartForm }) {
  const t = useMoreWords();
  const { spec, setSpec, environProblems } = form;
  const [block, setBlock] = useState<string | null>(null);
  const [badLines, setBadLines] = useState<readonly number[]>([]);
  const rows = spec.environ.length > 0 ? spec.environ : [{ name: '', value: '' }];
  const named = spec.environ.filter(({ name }) => name !== '').length;
  const change = (environ: EnvVariable[]) => setSpec({ environ });
  const update = (index: number, part: Partial<EnvVariable>) =>
    change(rows.map((row, at) => (at === index ? { ...row, ...part } : row)));

  function read(text: string): void {
    const pasted = readEnvBlock(text);
    change(mergeEnv(spec.environ, pasted.rows));
    setBadLines(pasted.badLines);
    setBlock(null);
  }

  function onPaste(event: ClipboardEvent): void {
    const text = event.clipboardData.getData('text');
    if (!looksLikeEnvBlock(text)) return;
    event.preventDefault();
    read(text);
  }

  return (
    <Fold
      title={t('environ')}
      state={named > 0 ? t('environ.count', { count: named }) : spec.threads ? t('threads') : t('none')}
      isSet={named > 0 || spec.threads !== null}
      invalid={environProblems.some((it) => it !== null)}
      parts={['environ', 'threads']}
    >
      <p className={classes.words}>{t('environ.help')}</p>
      {rows.map((row, index) => (
        <VariableRow
          // Rows have no name of their own until one is typed.
          // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place.
          key={index}
          index={index}
          row={row}
          invalid={(environProblems[index] ?? null) !== null}
          onChange={(part) => update(index, part)}
          onPaste={onPaste}
          onRemove={() => change(rows.filter((_, at) => at !== index))}
        />
      ))}
      <Problems form={form} />
      {badLines.length > 0 && (
        <p className={classes.warning} role="status">
          {t('environ.badLines', { count: badLines.length, lines: badLines.join(', ') })}
        </p>
      )}
      {spec.environ.some((row) => looksSecret(row)) && <p className={classes.words}>{t('environ.secret')}</p>}
      <div className={classes.buttons}>
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<Icon name="plus" size={12} />}
          onClick={() => change([...rows, { name: '', value: '' }])}
        >
          {t('environ.add')}
        </Button>
        <Button size="compact-xs" variant="default" onClick={() => setBlock(block === null ? '' : null)}>
          {t('environ.paste')}
        </Button>
      </div>
      {block !== null && (
        <div className={classes.inset}>
          <Textarea
            size="xs"
            aria-label={t('environ.pasteLabel')}
            placeholder={'# comment\nexport NAME="value"'}
            value={block}
            autosize
            minRows={3}
            maxRows={8}
            spellCheck={false}
            classNames={{ input: 'mono' }}
            onChange={(event) => setBlock(event.currentTarget.value)}
          />
          <Button size="compact-xs" mt={6} variant="default" onClick={() => read(block)}>
            {t('environ.pasteRead')}
          </Button>
        </div>
      )}
      <Threads form={form} />
    </Fold>
  );
}

/** Each kind of trouble once, by name: a mark on the row shows where. */
function Problems({ form }: { readonly form: StartForm }) {
  const v = useVerdictWords();
  const lines = form.spec.environ.flatMap(({ name }, index) => {
    const problem = form.environProblems[index];
    if (!problem) return [];
    return [problem === 'no-name' ? v('environ.no-name') : v(`environ.${problem}`, { name })];
  });
  if (lines.length === 0) return null;
  return (
    <div className={classes.problems}>
      {[...new Set(lines)].map((line) => (
        <p key={line}>{line}</p>
      ))}
    </div>
  );
}

interface RowProps {
  readonly index: number;
  readonly row: EnvVariable;
  readonly invalid: boolean;
  readonly onChange: (part: Partial<EnvVariable>) => void;
  readonly onPaste: (event: ClipboardEvent) => void;
  readonly onRemove: () => void;
}

function VariableRow({ index, row, invalid, onChange, onPaste, onRemove }: RowProps) {
  const t = useMoreWords();
  const [shown, setShown] = useState(false);
  const secret = looksSecret(row);
  const place = { index: index + 1 };
  return (
    <div className={classes.row}>
      <TextInput
        size="xs"
        aria-label={t('environ.name', place)}
        placeholder={t('environ.namePlaceholder')}
        value={row.name}
        spellCheck={false}
        autoComplete="off"
        maxLength={256}
        error={invalid}
        classNames={{ input: 'mono' }}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
        onPaste={onPaste}
      />
      <TextInput
        size="xs"
        aria-label={t('environ.value', place)}
        placeholder={t('environ.valuePlaceholder')}
        type={secret && !shown ? 'password' : 'text'}
        value={row.value}
        spellCheck={false}
        autoComplete="off"
        maxLength={32_768}
        error={invalid}
        classNames={{ input: 'mono' }}
        onChange={(event) => onChange({ value: event.currentTarget.value })}
        rightSection={
          secret && (
            <IconButton
              icon="eye"
              label={shown ? t('environ.hide', place) : t('environ.show', place)}
              onClick={() => setShown(!shown)}
            />
          )
        }
      />
      <IconButton icon="close" label={t('environ.remove', place)} onClick={onRemove} />
    </div>
  );
}

/** On unless switched off: the image chooses its thread counts by its cores (P-LAUNCH-27). */
function Threads({ form }: { readonly form: StartForm }) {
  const t = useMoreWords();
  const v = useVerdictWords();
  const { threads } = form.spec;
  return (
    <div className={classes.switchLine}>
      <Checkbox
        size="xs"
        label={t('threads')}
        description={t('threads.help')}
        checked={threads !== null}
        onChange={(event) =>
          form.setSpec({ threads: event.currentTarget.checked ? { openmp: '1', openblas: '1' } : null })
        }
      />
      {threads !== null && (
        <div className={classes.insetRow}>
          {(['openmp', 'openblas'] as const).map((kind) => (
            <TextInput
              key={kind}
              size="xs"
              label={t(`threads.${kind}`)}
              inputMode="numeric"
              value={threads[kind]}
              maxLength={4}
              error={isThreadCount(threads[kind]) ? null : v('threads')}
              onChange={(event) => form.setSpec({ threads: { ...threads, [kind]: event.currentTarget.value } })}
            />
          ))}
        </div>
      )}
    </div>
  );
}
