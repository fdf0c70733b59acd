/** Rounds of a site's scheduler with their steps, filters and pages (web client parity P-PEND-03). */
import { Fragment, useState } from 'react';
import type { SchedulingAttempt } from '../../../../src-preload/contract/session-facts.ts';
import { IconButton } from '../../../ui/icon-button.tsx';
import { statusWord } from '../status-word.ts';
import { useWords } from '../words.ts';
import { Ago } from './ago.tsx';
import { Pager } from './pager.tsx';
import style from './record.module.css';
import { type RecordWords, useRecordWords } from './record-words.ts';
import { choicesOf, levelOf, pageOf, type RoundsFilter, roundsOnPage } from './rounds-policy.ts';
import { en } from './words.en.ts';

type Step = SchedulingAttempt['steps'][number];

export function RoundsTable({ rounds }: { readonly rounds: readonly SchedulingAttempt[] }) {
  const t = useRecordWords();
  const [filter, setFilter] = useState<RoundsFilter>({ phase: null, result: null });
  const [wanted, setWanted] = useState(0);
  const [open, setOpen] = useState<ReadonlySet<SchedulingAttempt>>(new Set());
  const choices = choicesOf(rounds);
  const { rows, page, total } = pageOf(rounds, filter, wanted);
  const choose = (change: Partial<RoundsFilter>) => {
    setFilter({ ...filter, ...change });
    setWanted(0);
  };
  return (
    <>
      <div className={style.filters}>
        <Choice
          label={t('rounds.phase')}
          any={t('rounds.any')}
          values={choices.phases}
          wordOf={(it) => it}
          onChoose={(phase) => choose({ phase })}
        />
        <Choice
          label={t('rounds.result')}
          any={t('rounds.any')}
          values={choices.results}
          wordOf={(it) => resultWord(t, it)}
          onChoose={(result) => choose({ result })}
        />
        <Pager page={page} size={roundsOnPage} total={total} onPage={setWanted} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways has to be reached by keyboard */}
      <section className={style.scroll} aria-label={t('rounds.table')} tabIndex={0}>
        <table className={style.table} aria-label={t('rounds.table')}>
          <thead>
            <tr>
              <th aria-label={t('rounds.step')} />
              {(['updated', 'created', 'phase', 'result', 'from', 'to', 'attempts', 'message'] as const).map(
                (column) => (
                  <th key={column} scope="col" data-end={column === 'attempts' || undefined}>
                    {t(`rounds.${column}`)}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {rows.map((round) => (
              <Fragment key={`${round.phase} ${round.result} ${round.at} ${round.updatedAt}`}>
                <Round
                  round={round}
                  isOpen={open.has(round)}
                  onToggle={() => {
                    const next = new Set(open);
                    if (!next.delete(round)) next.add(round);
                    setOpen(next);
                  }}
                />
                {open.has(round) && (
                  <tr className={style.steps}>
                    <td />
                    <td colSpan={8}>
                      <Steps phase={round.phase} steps={round.steps} />
                    </td>
                  </tr>
                )}
              </Fragment>
            ))}
          </tbody>
        </table>
        {rows.length === 0 && <p className="soft">{t('rounds.noneSuch')}</p>}
      </section>
    </>
  );
}

function Round({
  round,
  isOpen,
  onToggle,
}: {
  readonly round: SchedulingAttempt;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}) {
  const t = useRecordWords();
  const w = useWords();
  const status = (it: string | null) =>
    it === null ? '–' : <span data-tip={it}>{statusWord(w, { status: it })}</span>;
  return (
    <tr>
      <td>
        {round.steps.length > 0 && (
          <IconButton
            icon={isOpen ? 'chevronUp' : 'chevronDown'}
            label={t('rounds.steps', { phase: round.phase })}
            aria-expanded={isOpen}
            onClick={onToggle}
          />
        )}
      </td>
      <td>
        <Ago at={round.updatedAt} />
      </td>
      <td>
        <Ago at={round.at} />
      </td>
      <td>{round.phase}</td>
      <td>
        <Result result={round.result} />
      </td>
      <td>{status(round.fromStatus)}</td>
      <td>{status(round.toStatus)}</td>
      <td data-end className="numbers">
        {round.attempts}
      </td>
      <td className={style.message}>
        {round.message ?? '–'}
        {round.errorCode && <span className="soft mono"> {round.errorCode}</span>}
      </td>
    </tr>
  );
}

function Steps({ phase, steps }: { readonly phase: string; readonly steps: readonly Step[] }) {
  const t = useRecordWords();
  return (
    <table className={style.table} aria-label={t('rounds.steps', { phase })}>
      <thead>
        <tr>
          {(['step', 'result', 'error', 'message', 'started', 'ended'] as const).map((column) => (
            <th key={column} scope="col">
              {t(`rounds.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {steps.map((step, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: steps have no id, and one name may come twice
          <tr key={`${step.name} ${at}`}>
            <td>{step.name}</td>
            <td>
              <Result result={step.result} />
            </td>
            <td className="mono">{step.errorCode ?? '–'}</td>
            <td className={style.message}>{step.message ?? '–'}</td>
            <td>
              <Ago at={step.startedAt} />
            </td>
            <td>
              <Ago at={step.endedAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Shape, word and colour; a word of a newer manager is shown as it is. */
function Result({ result }: { readonly result: string }) {
  const t = useRecordWords();
  return (
    <span className={style.result} data-level={levelOf(result)} data-tip={result}>
      {resultWord(t, result)}
    </span>
  );
}

function resultWord(t: RecordWords, result: string): string {
  const key = `result.${result}`;
  return key in en ? t(key as 'result.SUCCESS') : result;
}

interface ChoiceProps {
  readonly label: string;
  readonly any: string;
  readonly values: readonly string[];
  readonly wordOf: (value: string) => string;
  /** Null: all of them. */
  readonly onChoose: (value: string | null) => void;
}

function Choice({ label, any, values, wordOf, onChoose }: ChoiceProps) {
  return (
    <label>
      {label}
      <select onChange={(event) => onChoose(event.currentTarget.value || null)}>
        <option value="">{any}</option>
        {values.map((value) => (
          <option key={value} value={value}>
            {wordOf(value)}
          </option>
        ))}
      </select>
    </label>
  );
}
