/**
 * Signing in: the endpoint, then keys or e-mail and password, then whatever more the site wants. Secrets live in their
 * text boxes only, and there no longer than one try.
 */
import { Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useId, useRef, useState } from 'react';
import type { ErrorValue } from '../../../src-preload/contract/errors.ts';
import type { SignInInput, SignInStep, Site } from '../../../src-preload/contract/sites.ts';
import { berth } from '../../bridge.ts';
import { useDoctor } from '../../state/doctor.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import style from './first-window.module.css';
import { ProbeLine } from './probe-line.tsx';
import { SignInSteps } from './sign-in-steps.tsx';
import { useProbe } from './use-probe.ts';
import { useSignInWords } from './words.ts';

/** What is known of an account that asks for its secret again. */
export interface SignInAgain {
  readonly endpoint: string;
  readonly mode: 'api' | 'session';
  readonly accessKey: string;
  readonly email: string;
}

export interface SignInProps {
  readonly sites: readonly Site[];
  readonly again?: SignInAgain | undefined;
  readonly onSignedIn: (accountId: string) => void;
  readonly onCancel?: (() => void) | undefined;
  /** The dialog about trust and proxy of an endpoint. */
  readonly renderConnection: (endpoint: string, onClose: () => void) => ReactNode;
}

type Method = 'keys' | 'password';
type Missing = 'endpoint' | 'accessKey' | 'secretKey' | 'email' | 'password';

export function SignInForm(props: SignInProps & { readonly heading?: boolean }) {
  const { sites, again, onSignedIn, onCancel, heading = true } = props;
  const t = useSignInWords();
  const openDoctor = useDoctor();
  const known = sites.filter((site) => !site.isSandbox);
  const [endpoint, setEndpoint] = useState(again?.endpoint ?? known[0]?.endpoint ?? '');
  const [chosen, setChosen] = useState<Method | null>(again?.mode === 'session' ? 'password' : null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ErrorValue | null>(null);
  const [missing, setMissing] = useState<Missing | null>(null);
  const [cleared, setCleared] = useState<Method | null>(null);
  const [step, setStep] = useState<Exclude<SignInStep, { step: 'done' }> | null>(null);
  const [connecting, setConnecting] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const headingId = useId();
  const info = useQuery({ queryKey: ['app.info'], queryFn: () => berth.app.info() });
  const probe = useProbe(endpoint);
  const secrets = info.data?.secrets;

  const modes = probe.kind === 'reached' ? probe.site.modes : again ? [again.mode] : [];
  const onlyPassword = modes.length > 0 && !modes.includes('api');
  const method: Method = onlyPassword ? 'password' : (chosen ?? (modes.includes('session') ? 'password' : 'keys'));
  const asksDomain = method === 'password' && !modes.includes('session');

  /** What was said of one address is not true of the next. */
  const changeEndpoint = (value: string) => {
    setEndpoint(value);
    setError(null);
    setMissing(null);
  };
  const box = (name: string): HTMLInputElement | null => {
    const found = form.current?.elements.namedItem(name);
    return found instanceof HTMLInputElement ? found : null;
  };

  const take = (next: SignInStep) => {
    if (next.step === 'done') onSignedIn(next.accountId);
    else setStep(next);
  };

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    const wanted: Missing[] = ['endpoint', ...(method === 'keys' ? keyBoxes : passwordBoxes)];
    const first = wanted.find((it) => (it === 'endpoint' ? endpoint : (box(it)?.value ?? '')).trim() === '') ?? null;
    setMissing(first);
    if (first) {
      box(first)?.focus();
      return;
    }
    const secret = box(method === 'keys' ? 'secretKey' : 'password');
    const text = (name: string) => box(name)?.value ?? '';
    const input: SignInInput =
      method === 'keys'
        ? { endpoint, mode: 'api', accessKey: text('accessKey'), secretKey: text('secretKey') }
        : {
            endpoint,
            mode: 'password',
            email: text('email'),
            password: text('password'),
            domain: text('domain') || 'default',
          };
    setBusy(true);
    setError(null);
    setCleared(null);
    // SECURITY: no query, mutation or state ever holds the secret; the box is emptied before the answer is awaited
    // (e2e/security, canary secret).
    const answer = berth.sites.signIn(input);
    if (secret) secret.value = '';
    try {
      take(await answer);
    } catch (thrown) {
      // Nothing is tried again by itself here: the secret is gone.
      setError({ ...toErrorValue(thrown), retry: 'user' });
      setCleared(method);
      secret?.focus();
    } finally {
      setBusy(false);
    }
  };

  if (step) {
    return (
      <SignInSteps
        step={step}
        endpoint={endpoint}
        heading={heading}
        onNext={take}
        onBack={(why) => {
          void berth.sites.giveUp({ attempt: step.attempt });
          setStep(null);
          setError(why ?? null);
        }}
      />
    );
  }
  return (
    <>
      <form
        ref={form}
        className={style.form}
        aria-label={heading ? undefined : t('signIn')}
        aria-labelledby={heading ? headingId : undefined}
        onSubmit={(event) => void submit(event)}
        noValidate
      >
        {heading && (
          <h1 id={headingId} className={style.heading}>
            {t('signIn')}
          </h1>
        )}
        <div>
          <TextInput
            label={t('endpoint')}
            name="endpoint"
            value={endpoint}
            onChange={(event) => changeEndpoint(event.currentTarget.value)}
            readOnly={again !== undefined}
            placeholder="https://cloud.example.com"
            autoComplete="off"
            spellCheck={false}
            inputMode="url"
            error={missing === 'endpoint' && t('needEndpoint')}
          />
          <ProbeLine probe={probe} hint={t('endpointHint')} told={error?.code} />
          {!again && known.length > 0 && (
            <p className={style.known}>
              <span className="soft">{t('usedBefore')}</span>
              {known.map((it) => (
                <span key={it.id} className={style.knownSite}>
                  <button type="button" className={style.knownButton} onClick={() => changeEndpoint(it.endpoint)}>
                    {it.endpoint}
                  </button>
                  {it.accounts.length === 0 && (
                    <IconButton
                      icon="close"
                      label={t('forgetSite', { site: it.endpoint })}
                      onClick={() => void berth.sites.remove({ siteId: it.id })}
                    />
                  )}
                </span>
              ))}
            </p>
          )}
          <p className={style.about}>
            {probe.kind === 'failed' && openDoctor && (
              <button type="button" className={style.knownButton} onClick={() => openDoctor({ endpoint })}>
                {t('checkConnection')}
              </button>
            )}
            <button
              type="button"
              className={style.knownButton}
              disabled={endpoint.trim() === ''}
              onClick={() => setConnecting(true)}
            >
              {t('connection')}
            </button>
          </p>
        </div>
        {!onlyPassword && !again && (
          <fieldset className={style.method}>
            <legend className="visually-hidden">{t('method')}</legend>
            {(['keys', 'password'] as const).map((it) => (
              <label key={it} className={style.methodChoice}>
                <input type="radio" name="method" checked={method === it} onChange={() => setChosen(it)} />
                {t(`method.${it}`)}
              </label>
            ))}
          </fieldset>
        )}
        {method === 'keys' ? (
          <>
            <TextInput
              name="accessKey"
              defaultValue={again?.accessKey}
              readOnly={again !== undefined}
              label={t('accessKey')}
              autoComplete="off"
              spellCheck={false}
              classNames={{ input: style.key ?? '' }}
              error={missing === 'accessKey' && t('needAccessKey')}
            />
            <TextInput
              name="secretKey"
              label={t('secretKey')}
              autoComplete="off"
              spellCheck={false}
              data-autofocus={again !== undefined || undefined}
              classNames={{ input: `${style.key} ${style.secret}` }}
              error={missing === 'secretKey' && t('needSecretKey')}
              description={cleared === 'keys' ? t('secretCleared') : undefined}
              inputWrapperOrder={['label', 'input', 'description', 'error']}
            />
          </>
        ) : (
          <>
            <TextInput
              name="email"
              defaultValue={again?.email}
              readOnly={again !== undefined && again.email !== ''}
              label={t('email')}
              autoComplete="off"
              spellCheck={false}
              inputMode="email"
              error={missing === 'email' && t('needEmail')}
            />
            <TextInput
              name="password"
              label={t('password')}
              autoComplete="off"
              spellCheck={false}
              data-autofocus={again !== undefined || undefined}
              classNames={{ input: style.secret ?? '' }}
              error={missing === 'password' && t('needPassword')}
              description={cleared === 'password' ? t('passwordCleared') : undefined}
              inputWrapperOrder={['label', 'input', 'description', 'error']}
            />
            {asksDomain && (
              <TextInput
                name="domain"
                defaultValue="default"
                label={t('domain')}
                description={t('domainHint')}
                autoComplete="off"
                spellCheck={false}
              />
            )}
          </>
        )}
        {secrets && (
          <p className={style.keep}>
            {t(
              `${method === 'keys' || asksDomain ? 'keep' : 'keepSession'}.${secrets.kind === 'os' ? 'os' : secrets.chosen ? 'chosen' : 'memory'}`,
            )}
          </p>
        )}
        {error && <ErrorNotice error={error} doctor={{ endpoint }} />}
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
      {connecting &&
        props.renderConnection(endpoint, () => {
          setConnecting(false);
          probe.ask();
        })}
    </>
  );
}

const keyBoxes = ['accessKey', 'secretKey'] as const;
const passwordBoxes = ['email', 'password'] as const;
