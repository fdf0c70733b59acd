/** What a site may want beyond the password: a one-time code, setting that up, a new password, ending another sign-in. */
import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useId, useRef, useState } from 'react';
import type { ErrorValue } from '../../../src-preload/contract/errors.ts';
import type { SignInReply, SignInStep } from '../../../src-preload/contract/sites.ts';
import { berth } from '../../bridge.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import style from './first-window.module.css';
import { useSignInWords } from './words.ts';

type Waiting = Exclude<SignInStep, { step: 'done' }>;

interface Props {
  readonly step: Waiting;
  readonly endpoint: string;
  readonly heading: boolean;
  readonly onNext: (step: SignInStep) => void;
  /** Back to e-mail and password, with the reason where the site gave one. */
  readonly onBack: (why?: ErrorValue) => void;
}

export function SignInSteps({ step, endpoint, heading, onNext, onBack }: Props) {
  const t = useSignInWords();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ErrorValue | null>(null);
  const [problem, setProblem] = useState<'missing' | 'different' | null>(null);
  const first = useRef<HTMLInputElement>(null);
  const second = useRef<HTMLInputElement>(null);
  const headingId = useId();

  const readReply = (): SignInReply | null => {
    const { attempt } = step;
    if (step.step === 'elsewhere') return { reply: 'force', attempt };
    const value = first.current?.value ?? '';
    if (value.trim() === '') {
      setProblem('missing');
      return null;
    }
    if (step.step === 'new-password') {
      if (value !== second.current?.value) {
        setProblem('different');
        return null;
      }
      return { reply: 'new-password', attempt, password: value };
    }
    return { reply: step.step === 'enrol' ? 'enrolled' : 'code', attempt, code: value };
  };

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    const reply = readReply();
    if (!reply) {
      first.current?.focus();
      return;
    }
    setProblem(null);
    setError(null);
    setBusy(true);
    const answer = berth.sites.reply(reply);
    // SECURITY: neither a code nor a password stays in a box (e2e/security, canary secret).
    for (const box of [first.current, second.current]) if (box) box.value = '';
    try {
      onNext(await answer);
      first.current?.focus();
    } catch (thrown) {
      const value = toErrorValue(thrown);
      if (value.code === 'wrong-password' || value.code === 'login-blocked' || value.code === 'cancelled')
        onBack(value);
      else setError({ ...value, retry: 'user' });
    } finally {
      setBusy(false);
    }
  };
  const openSite = () => void berth.app.openExternal({ url: endpoint });
  const unknownEnrolment = step.step === 'enrol' && step.secret === null;

  return (
    <form
      className={style.form}
      aria-labelledby={heading ? headingId : undefined}
      onSubmit={(event) => void submit(event)}
      noValidate
    >
      {heading && (
        <h1 id={headingId} className={style.heading}>
          {t('signIn')}
        </h1>
      )}
      <p className={style.stepText}>{t(unknownEnrolment ? 'step.enrolElsewhere' : `step.${step.step}`)}</p>
      {step.step === 'enrol' && step.secret !== null && (
        <p className={style.enrolKey}>
          <span className="soft">{t('enrolKey')}</span>
          <code className="mono">{step.secret.replace(/(.{4})(?=.)/g, '$1 ')}</code>
          <CopyButton text={step.secret} label={t('copyKey')} />
          {step.uri !== null && <CopyButton text={step.uri} label={t('copyUri')} />}
        </p>
      )}
      {(step.step === 'code' || (step.step === 'enrol' && step.secret !== null)) && (
        <TextInput
          ref={first}
          autoFocus
          data-autofocus
          label={t('code')}
          autoComplete="one-time-code"
          inputMode="numeric"
          spellCheck={false}
          error={problem === 'missing' ? t('needCode') : step.wrong && !busy && t('codeWrong')}
        />
      )}
      {step.step === 'new-password' && (
        <>
          {step.refused !== null && (
            <p className={style.refused} role="alert">
              {t('passwordRefused', { why: step.refused })}
            </p>
          )}
          <TextInput
            ref={first}
            autoFocus
            label={t('newPassword')}
            autoComplete="off"
            spellCheck={false}
            classNames={{ input: style.secret ?? '' }}
            error={problem === 'missing' && t('needNewPassword')}
          />
          <TextInput
            ref={second}
            label={t('newPasswordAgain')}
            autoComplete="off"
            spellCheck={false}
            classNames={{ input: style.secret ?? '' }}
            error={problem === 'different' && t('passwordsDiffer')}
          />
        </>
      )}
      {error && <ErrorNotice error={error} />}
      <div className={style.buttons}>
        {unknownEnrolment ? (
          <Button onClick={openSite}>{t('openSite')}</Button>
        ) : (
          <Button type="submit" loading={busy}>
            {t(step.step === 'elsewhere' ? 'endOther' : step.step === 'new-password' ? 'setPassword' : 'signIn')}
          </Button>
        )}
        <Button variant="default" onClick={() => onBack()}>
          {t('back')}
        </Button>
        {busy && <span role="status">{t('signingIn')}</span>}
      </div>
    </form>
  );
}
