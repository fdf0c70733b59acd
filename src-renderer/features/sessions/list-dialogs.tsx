/** Dialogs that shape the list: which columns it has, and one more filter. */
import { Button } from '@mantine/core';
import { type FormEvent, useId, useMemo, useState } from 'react';
import {
  type ListColumn,
  type ListFilter,
  textFields,
  textOperators,
  timeFields,
  timeOperators,
} from '../../../src-preload/contract/session-view.ts';
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { useSetSetting, useSettings } from '../../state/use-settings.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { allowedColumns, columnIds, defaultColumns, moveColumn, showColumn } from './columns-policy.ts';
import { type FilterField, isTime, valuesOf } from './filter-policy.ts';
import style from './list-dialogs.module.css';
import { statusWord } from './status-word.ts';
import { useWords } from './words.ts';

interface ColumnsProps {
  readonly columns: readonly ListColumn[];
  /** Whether machines may be named. */
  readonly agents: boolean;
  readonly onColumns: (columns: readonly ListColumn[]) => void;
  readonly onClose: () => void;
}

export function ColumnsDialog({ columns, agents, onColumns, onClose }: ColumnsProps) {
  const t = useWords();
  const { values } = useSettings();
  const set = useSetSetting();
  const shown = allowedColumns(columns, agents).map(({ id }) => id);
  const offered = allowedColumns(
    columnIds.map((id) => ({ id })),
    agents,
  );
  const all = offered.map(({ id }) => id).sort((a, b) => place(shown, a) - place(shown, b));
  return (
    <Dialog
      title={t('columns')}
      width={420}
      onClose={onClose}
      footer={
        <Button variant="default" onClick={() => onColumns(defaultColumns)}>
          {t('columns.reset')}
        </Button>
      }
    >
      <ul className={style.columns}>
        {all.map((id) => {
          const at = shown.indexOf(id);
          const name = t(`column.${id}`);
          return (
            <li key={id}>
              <label>
                <input
                  type="checkbox"
                  checked={at !== -1}
                  onChange={(event) => onColumns(showColumn(columns, id, event.currentTarget.checked))}
                />
                {name}
              </label>
              {at !== -1 && (
                <span className={style.moves}>
                  <IconButton
                    icon="up"
                    label={t('columns.up', { column: name })}
                    reason={at === 0 ? t('columns.isFirst') : undefined}
                    onClick={() => onColumns(moveColumn(columns, id, -1))}
                  />
                  <IconButton
                    icon="down"
                    label={t('columns.down', { column: name })}
                    reason={at === shown.length - 1 ? t('columns.isLast') : undefined}
                    onClick={() => onColumns(moveColumn(columns, id, 1))}
                  />
                </span>
              )}
            </li>
          );
        })}
      </ul>
      <label className={style.compact}>
        <input
          type="checkbox"
          checked={values.density === 'compact'}
          onChange={(event) =>
            set.mutate({ key: 'density', value: event.currentTarget.checked ? 'compact' : 'comfortable' })
          }
        />
        {t('columns.compact')}
      </label>
      <p className={style.note}>
        {t('columns.note')} {t('columns.idle')}
      </p>
    </Dialog>
  );
}

/** Shown ones in their order, then the others. */
function place(shown: readonly string[], id: string): number {
  const at = shown.indexOf(id);
  return at === -1 ? shown.length : at;
}

interface FilterProps {
  readonly sessions: readonly Session[];
  /** Whether machines may be named. */
  readonly agents: boolean;
  readonly onAdd: (filter: ListFilter) => void;
  readonly onClose: () => void;
}

const mostOffered = 100;

export function FilterDialog({ sessions, agents, onAdd, onClose }: FilterProps) {
  const t = useWords();
  const form = useId();
  const offers = useId();
  const [field, setField] = useState<FilterField>('name');
  const [operator, setOperator] = useState<ListFilter['operator']>('contains');
  const [value, setValue] = useState('');
  const known = useMemo(
    () =>
      isTime(field)
        ? []
        : [...new Set(sessions.flatMap((it) => valuesOf(it, field, (one) => statusWord(t, one))[0] ?? []))]
            .sort()
            .slice(0, mostOffered),
    [sessions, field, t],
  );
  // Nobody asks for an owner where all rows have the same.
  const owners = useMemo(() => new Set(sessions.map((it) => it.accessKey)).size, [sessions]);
  const isKnown = (it: FilterField) => (it !== 'owner' || owners > 1) && (it !== 'agent' || agents);
  const fields = [...textFields.filter(isKnown), ...timeFields];
  const operators: readonly ListFilter['operator'][] = isTime(field) ? timeOperators : textOperators;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (value.trim() === '') return;
    onAdd({ field, operator, value: value.trim() });
    onClose();
  };
  return (
    <Dialog
      title={t('filter.add')}
      width={520}
      onClose={onClose}
      footer={
        <>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit" form={form}>
            {t('filter.do')}
          </Button>
        </>
      }
    >
      <form id={form} className={style.filter} onSubmit={submit}>
        <label>
          {t('filter.field')}
          <select
            aria-label={t('filter.field')}
            value={field}
            onChange={(event) => {
              const next = fields.find((it) => it === event.currentTarget.value) ?? 'name';
              if (isTime(next) !== isTime(field)) {
                setOperator(isTime(next) ? 'after' : 'contains');
                setValue('');
              }
              setField(next);
            }}
          >
            {fields.map((it) => (
              <option key={it} value={it}>
                {t(`field.${it}`)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t('filter.operator')}
          <select
            aria-label={t('filter.operator')}
            value={operator}
            onChange={(event) => setOperator(operators.find((it) => it === event.currentTarget.value) ?? 'contains')}
          >
            {operators.map((it) => (
              <option key={it} value={it}>
                {t(`operator.${it}`)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t('filter.value')}
          <input
            data-autofocus
            aria-label={t('filter.value')}
            type={isTime(field) ? 'date' : 'text'}
            list={offers}
            maxLength={256}
            autoComplete="off"
            value={value}
            onChange={(event) => setValue(event.currentTarget.value)}
          />
        </label>
        <datalist id={offers}>
          {known.map((it) => (
            <option key={it} value={it} />
          ))}
        </datalist>
      </form>
    </Dialog>
  );
}
