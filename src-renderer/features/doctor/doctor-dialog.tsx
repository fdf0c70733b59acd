/** The doctor's screen: the steps of the way as they are walked, the failing one with what to do, the report to copy. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { type DoctorStep, type DoctorTarget, doctorSteps, doctorText } from '../../../src-preload/contract/doctor.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { useErrorSentences } from '../../ui/errors/sentences.ts';
import style from './doctor.module.css';
import { factLine } from './fact-words.ts';
import { useWalk, type Walk } from './use-walk.ts';
import { useDoctorWords } from './words.ts';

const marks = { ok: '✓', warning: '!', failed: '✕', 'not-tried': '–', now: '…' } as const;

export function DoctorDialog({ target, onClose }: { readonly target: DoctorTarget; readonly onClose: () => void }) {
  const t = useDoctorWords();
  const sentences = useErrorSentences();
  const [turn, setTurn] = useState(0);
  const walk = useWalk(target, turn);
  const { report } = walk;
  const over = report !== null || walk.error !== null;
  return (
    <Dialog
      title={t('title')}
      width={720}
      onClose={onClose}
      footer={
        <div className={style.footer}>
          {report && <CopyButton text={doctorText(report, sentences)} label={t('copy')} />}
          <Button variant="default" disabled={!over} onClick={() => setTurn(turn + 1)} data-autofocus>
            {t('again')}
          </Button>
        </div>
      }
    >
      <p className={style.hint}>{t('hint')}</p>
      <p role="status" className={style.verdict}>
        {report
          ? report.failed === null
            ? t('good')
            : t('bad', { step: t(`step.${report.failed}`) })
          : !over && t('walking', { endpoint: walk.endpoint ?? '' })}
      </p>
      {walk.error && <ErrorNotice error={walk.error} doctor={false} />}
      <ol className={style.list} aria-label={t('steps')}>
        {doctorSteps.map((name) => (
          <Step key={name} name={name} walk={walk} />
        ))}
      </ol>
    </Dialog>
  );
}

function Step({ name, walk }: { readonly name: DoctorStep['step']; readonly walk: Walk }) {
  const t = useDoctorWords();
  const time = (ms: number) =>
    ms < 1_000 ? t('time', { ms: Math.max(1, Math.round(ms)) }) : t('seconds', { s: (ms / 1_000).toFixed(1) });
  const step = walk.steps.find((it) => it.step === name);
  const state = step?.state ?? (walk.now === name ? 'now' : null);
  return (
    <li className={style.item} data-state={state ?? 'later'}>
      <div className={style.line}>
        <span className={style.mark} aria-hidden="true">
          {state && marks[state]}
        </span>
        <span className={style.name}>{t(`step.${name}`)}</span>
        <span className={style.facts}>
          {state && <span>{t(state === 'now' && name === 'events' ? 'state.listening' : `state.${state}`)}</span>}
          <span className={`${style.fact} soft`}>{factLine(step?.facts ?? {}, t)}</span>
        </span>
        <span className={style.time}>{step && step.ms !== null && time(step.ms)}</span>
      </div>
      {step?.error && (
        <div className={style.error}>
          <ErrorNotice error={{ ...step.error, retry: 'user' }} doctor={false} />
        </div>
      )}
    </li>
  );
}
