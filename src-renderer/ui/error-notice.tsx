/** An error for people: what happened, where on the way, what to do; details fold out and can be copied. */
import { Button } from '@mantine/core';
import type { DoctorTarget } from '../../src-preload/contract/doctor.ts';
import type { ErrorCode, ErrorValue } from '../../src-preload/contract/errors.ts';
import { useDoctor } from '../state/doctor.ts';
import { CopyButton } from './copy-button.tsx';
import style from './error-notice.module.css';
import { errorDetails, useErrorSentences } from './errors/sentences.ts';
import { Icon } from './icons.tsx';
import { ScrollText } from './scroll-text.tsx';
import { useUiWords } from './words.ts';

interface Props {
  readonly error: ErrorValue;
  readonly onRetry?: (() => void) | undefined;
  readonly retryLabel?: string;
  readonly busy?: boolean;
  /** What the doctor is to look at, for errors of the connection: the account that is shown if left out; false: nothing. */
  readonly doctor?: DoctorTarget | false;
}

/** Errors that lie on the way to the site: which hop it is, the doctor finds out. */
const wayCodes: ReadonlySet<ErrorCode> = new Set([
  'timeout',
  'offline',
  'tls',
  'certificate-changed',
  'proxy',
  'intercepted',
  'not-backend-ai',
  'bad-answer',
  'clock-skew',
  'maintenance',
  'server-error',
  'tunnel-refused',
  'tunnel-lost',
]);

export function ErrorNotice({ error, onRetry, retryLabel, busy = false, doctor }: Props) {
  const t = useUiWords();
  const openDoctor = useDoctor();
  const examinable = openDoctor !== null && doctor !== false && wayCodes.has(error.code);
  const { what, where, advice } = useErrorSentences()(error);
  const details = errorDetails(error);
  // The site's own reason is the message itself here; folding it away would hide what to change.
  const open = error.code === 'refused-by-site' && error.detail !== undefined;
  return (
    <div role="alert" className={style.notice}>
      <span className={style.icon}>
        <Icon name="warning" />
      </span>
      <div className={style.body}>
        <p className={style.what}>{what}</p>
        <p className={style.line}>{advice}</p>
        <p className={`${style.line} soft`}>{where}</p>
        <details className={style.details} open={open}>
          <summary>{t('error.details')}</summary>
          <div className={style.fold}>
            <ScrollText label={t('error.details')} className={style.text} text={details} />
            <CopyButton text={details} label={t('error.copyDetails')} />
          </div>
        </details>
        {(onRetry || examinable) && (
          <div className={style.buttons}>
            {onRetry && (
              <Button variant="default" size="compact-md" loading={busy} onClick={onRetry}>
                {retryLabel ?? t('retry')}
              </Button>
            )}
            {examinable && (
              <Button variant="default" size="compact-md" onClick={() => openDoctor(doctor || null)}>
                {t('error.doctor')}
              </Button>
            )}
          </div>
        )}
      </div>
    </div>
  );
}
