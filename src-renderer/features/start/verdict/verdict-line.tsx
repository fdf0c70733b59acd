/** Whether it starts now, waits or cannot, each reason in a sentence, and under it what would help as buttons. */
import { Button } from '@mantine/core';
import { useLanguage } from '../../../i18n/words.ts';
import { Icon } from '../../../ui/icons.tsx';
import { useElapsed } from '../../../ui/loading.tsx';
import classes from '../summary.module.css';
import type { Fix, Verdict } from './verdict-policy.ts';
import { cannotWords, type FieldNames, fixWords, useVerdictWords, waitWords } from './verdict-words.ts';

/** A wait longer than this shows its seconds. */
const secondsFromMs = 3000;

interface Props {
  readonly verdict: Verdict;
  readonly names: FieldNames;
  readonly onFix: (fix: Fix) => void;
}

interface Line {
  readonly words: string;
  readonly fixes: readonly Fix[];
}

const icons = { now: 'check', wait: 'clock', cannot: 'warning', checking: 'info', unknown: 'info' } as const;

export function VerdictLine({ verdict, names, onFix }: Props) {
  const lines = useLines(verdict, names);
  const v = useVerdictWords();
  return (
    <div className={classes.verdict} data-kind={verdict.kind}>
      <Icon name={icons[verdict.kind]} />
      {/* Read out when it changes; the buttons below are met by going to them. */}
      <div role="status">
        {verdict.kind === 'checking' ? <Checking /> : <strong>{headline(v, verdict)}</strong>}
        <span className="visually-hidden">{lines.map(({ words }) => words).join(' ')}</span>
      </div>
      {lines.length > 0 && (
        <ul>
          {lines.map(({ words, fixes }) => (
            <li key={words}>
              <span>{words}</span>
              {fixes.length > 0 && (
                <span className={classes.fixes}>
                  {fixes.map((fix) => (
                    <Button
                      key={JSON.stringify(fix)}
                      size="compact-xs"
                      variant="default"
                      className={classes.fix ?? ''}
                      onClick={() => onFix(fix)}
                    >
                      {fixWords(v, fix, names)}
                    </Button>
                  ))}
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function useLines(verdict: Verdict, names: FieldNames): Line[] {
  const v = useVerdictWords();
  const language = useLanguage();
  if (verdict.kind === 'cannot') {
    return verdict.reasons.map((reason) => ({ words: cannotWords(v, reason, names), fixes: reason.fixes }));
  }
  if (verdict.kind !== 'wait') return [];
  return [
    ...verdict.reasons.map((reason) => ({ words: waitWords(v, reason, names, language), fixes: reason.fixes })),
    ...(verdict.downloads ? [{ words: v('wait.download'), fixes: [] }] : []),
  ];
}

function headline(v: ReturnType<typeof useVerdictWords>, verdict: Exclude<Verdict, { kind: 'checking' }>): string {
  if (verdict.kind === 'now' && verdict.downloads) return v('verdict.download');
  if (verdict.kind === 'cannot' && verdict.never) return v('verdict.never');
  return v(`verdict.${verdict.kind}`);
}

function Checking() {
  const v = useVerdictWords();
  const elapsedMs = useElapsed();
  return (
    <span>
      {elapsedMs < secondsFromMs
        ? v('verdict.checking')
        : v('verdict.checkingSeconds', { seconds: Math.floor(elapsedMs / 1000) })}
    </span>
  );
}
