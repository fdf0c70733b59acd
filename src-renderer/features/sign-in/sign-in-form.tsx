/** Endpoint, access key, secret key. The secret lives in its text box only, and there no longer than one try. */
import { Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useId, useRef, useState } from 'react';
import type { ErrorValue } from '../../../src-preload/contract/errors.ts';
import type { Site } from '../../../src-preload/contract/sites.ts';
import { berth } from '../../bridge.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import style from './first-window.module.css';
import { ProbeLine } from './probe-line.tsx';
import { useSignInWords } from './words.ts';

/** What is known of an account that asks for its secret again. */
export interface SignInAgain {
  readonly endpoint: string;
  readonly accessKey: string;
}

interface Props {
  readonly sites: readonly Site[];
  readonly again?: SignInAgain | undefined;
  readonly onSignedIn: (accountId: string) => void;
  readonly onCancel?: (() => void) | undefined;
}

type Missing = 'endpoint' | 'accessKey' | 'secretKey';

export function SignInForm({ sites, again, onSignedIn, onCancel }: Props) {
  const t = useSignInWords();
  const known = sites.filter((site) => !site.isSandbox).map((site) => site.endpoint);
  const [endpoint, setEndpoint] = useState(again?.endpoint ?? known[0] ?? '');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ErrorValue | null>(null);
  const [missing, setMissing] = useState<Missing | null>(null);
  const [cleared, setCleared] = useState(false);
  const accessKey = useRef<HTMLInputElement>(null);
  const secretKey = useRef<HTMLInputElement>(null);
  const headingId = useId();
  const info = useQuery({ queryKey: ['app.info'], queryFn: () => berth.app.info() });
  const secrets = info.data?.secrets;

  /** What was said of one address is not true of the next. */
  const changeEndpoint = (value: string) => {
    setEndpoint(value);
    setError(null);
  };

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const access = accessKey.current;
    const secret = secretKey.current;
    if (!access || !secret || busy) return;
    const first: Missing | null =
      endpoint.trim() === ''
        ? 'endpoint'
        : access.value.trim() === ''
          ? 'accessKey'
          : secret.value.trim() === ''
            ? 'secretKey'
            : null;
    setMissing(first);
    if (first) return;
    setBusy(true);
    setError(null);
    setCleared(false);
    // SECURITY: no query, mutation or state ever holds the secret; the box is emptied before the answer is awaited
    // (e2e/security, canary secret).
    const answer = berth.sites.signIn({ endpoint, mode: 'api', accessKey: access.value, secretKey: secret.value });
    secret.value = '';
    try {
      onSignedIn((await answer).accountId);
    } catch (thrown) {
      // Nothing is tried again by itself here: the secret is gone.
      setError({ ...toErrorValue(thrown), retry: 'user' });
      setCleared(true);
      setBusy(false);
      secret.focus();
    }
  };

  return (
    <form className={style.form} aria-labelledby={headingId} onSubmit={(event) => void submit(event)} noValidate>
      <h1 id={headingId} className={style.heading}>
        {t('signIn')}
      </h1>
      <div>
        <TextInput
          label={t('endpoint')}
          value={endpoint}
          onChange={(event) => changeEndpoint(event.currentTarget.value)}
          placeholder="https://api.example.com"
          autoComplete="off"
          spellCheck={false}
          inputMode="url"
          error={missing === 'endpoint' && t('needEndpoint')}
        />
        <ProbeLine endpoint={endpoint} hint={t('endpointHint')} told={error?.code} />
        {known.length > 1 && (
          <p className={style.known}>
            <span className="soft">{t('usedBefore')}</span>
            {known.map((it) => (
              <button key={it} type="button" className={style.knownButton} onClick={() => changeEndpoint(it)}>
                {it}
              </button>
            ))}
          </p>
        )}
      </div>
      <TextInput
        ref={accessKey}
        defaultValue={again?.accessKey}
        label={t('accessKey')}
        autoComplete="off"
        spellCheck={false}
        classNames={{ input: style.key ?? '' }}
        error={missing === 'accessKey' && t('needAccessKey')}
      />
      <TextInput
        ref={secretKey}
        label={t('secretKey')}
        autoComplete="off"
        spellCheck={false}
        classNames={{ input: `${style.key} ${style.secret}` }}
        error={missing === 'secretKey' && t('needSecretKey')}
        description={cleared ? t('secretCleared') : undefined}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
      />
      {secrets && (
        <p className={style.keep}>
          {t(secrets.kind === 'os' ? 'keep.os' : secrets.chosen ? 'keep.chosen' : 'keep.memory')}
        </p>
      )}
      {error && <ErrorNotice error={error} />}
      <div className={style.buttons}>
        <Button type="submit" loading={busy}>
          {t('signIn')}
        </Button>
        {onCancel && (
          <Button variant="default" onClick={onCancel}>
            {t('cancel')}
          </Button>
        )}
        {busy && <span role="status">{t('signingIn')}</span>}
      </div>
    </form>
  );
}
