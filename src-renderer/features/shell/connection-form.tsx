/** How Berth gets to an endpoint: proxy, further authorities, a pinned certificate. Each change holds at once. */
import { Button, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type ChangeEvent, useRef, useState } from 'react';
import type { Certificate, ConnectionChange, ProxyChoice } from '../../../src-preload/contract/site-connection.ts';
import { berth } from '../../bridge.ts';
import { queryClient } from '../../state/query.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import { Loading } from '../../ui/loading.tsx';
import style from './connection-form.module.css';
import { useShellWords } from './words.ts';

export function ConnectionDialog({ endpoint, onClose }: { readonly endpoint: string; readonly onClose: () => void }) {
  const t = useShellWords();
  return (
    <Dialog
      title={t('connection.title', { endpoint })}
      width={560}
      onClose={onClose}
      footer={<Button onClick={onClose}>{t('done')}</Button>}
    >
      <ConnectionForm endpoint={endpoint} />
    </Dialog>
  );
}

export function ConnectionForm({ endpoint }: { readonly endpoint: string }) {
  const t = useShellWords();
  const key = ['sites.connection', endpoint];
  const query = useQuery({ queryKey: key, queryFn: () => berth.sites.connection({ endpoint }), staleTime: 0 });
  const change = useMutation({
    mutationFn: (it: ConnectionChange) => berth.sites.setConnection({ endpoint, change: it }),
    onSuccess: (next) => queryClient.setQueryData(key, next),
  });
  const inspect = useMutation({ mutationFn: () => berth.sites.inspect({ endpoint }) });
  const file = useRef<HTMLInputElement>(null);
  if (query.error) return <ErrorNotice error={toErrorValue(query.error)} />;
  if (!query.data) return <Loading />;
  const { authorities, pinned, proxy, hasProxyPassword, proxyInUse } = query.data;

  const readFile = async (event: ChangeEvent<HTMLInputElement>) => {
    const chosen = event.currentTarget.files?.[0];
    if (!chosen) return;
    change.mutate({ authorities: await chosen.text() });
    if (file.current) file.current.value = '';
  };
  const shown = inspect.data;
  return (
    <div className={style.form}>
      {change.error && <ErrorNotice error={toErrorValue(change.error)} />}
      <section>
        <h3 className={style.heading}>{t('proxy')}</h3>
        <ProxyForm
          key={JSON.stringify(proxy)}
          proxy={proxy}
          hasPassword={hasProxyPassword}
          inUse={proxyInUse}
          busy={change.isPending}
          onChange={(it) => change.mutate(it)}
        />
      </section>
      <section>
        <h3 className={style.heading}>{t('authorities')}</h3>
        <p className={style.text}>{t('authorities.text')}</p>
        {authorities.map((it) => (
          <CertificateFacts key={it.fingerprint} certificate={it} />
        ))}
        <div className={style.buttons}>
          <Button variant="default" onClick={() => file.current?.click()}>
            {t('authorities.choose')}
          </Button>
          {authorities.length > 0 && (
            <Button variant="default" onClick={() => change.mutate({ authorities: null })}>
              {t('authorities.remove')}
            </Button>
          )}
        </div>
        <input
          ref={file}
          type="file"
          accept=".pem,.crt,.cer"
          aria-label={t('authorities.file')}
          className="visually-hidden"
          tabIndex={-1}
          onChange={(event) => void readFile(event)}
        />
      </section>
      <section>
        <h3 className={style.heading}>{t('pin')}</h3>
        <p className={style.text}>{t(pinned ? 'pin.pinned' : 'pin.text')}</p>
        {pinned && <CertificateFacts certificate={pinned} />}
        {inspect.error && <ErrorNotice error={toErrorValue(inspect.error)} />}
        {shown && shown.fingerprint !== pinned?.fingerprint && (
          <>
            <p className={style.text}>{t(pinned ? 'pin.changed' : 'pin.shown')}</p>
            <CertificateFacts certificate={shown} />
          </>
        )}
        {shown && shown.fingerprint === pinned?.fingerprint && <p className={style.text}>{t('pin.same')}</p>}
        <div className={style.buttons}>
          <Button
            variant="default"
            loading={inspect.isPending}
            disabled={endpoint.startsWith('http:')}
            onClick={() => inspect.mutate()}
          >
            {t('pin.look')}
          </Button>
          {shown && shown.fingerprint !== pinned?.fingerprint && (
            <Button loading={change.isPending} onClick={() => change.mutate({ pin: shown.fingerprint })}>
              {t('pin.trust')}
            </Button>
          )}
          {pinned && (
            <Button variant="default" onClick={() => change.mutate({ pin: null })}>
              {t('pin.remove')}
            </Button>
          )}
        </div>
      </section>
    </div>
  );
}

interface ProxyProps {
  readonly proxy: ProxyChoice;
  readonly hasPassword: boolean;
  readonly inUse: string | null;
  readonly busy: boolean;
  readonly onChange: (change: ConnectionChange) => void;
}

function ProxyForm({ proxy, hasPassword, inUse, busy, onChange }: ProxyProps) {
  const t = useShellWords();
  const [kind, setKind] = useState(proxy.kind);
  const address = useRef<HTMLInputElement>(null);
  const user = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);

  const choose = (next: ProxyChoice['kind']) => {
    setKind(next);
    if (next !== 'address') onChange({ proxy: { kind: next }, ...(hasPassword ? { proxyPassword: null } : {}) });
  };
  const use = () => {
    const typed = password.current?.value ?? '';
    const name = user.current?.value.trim() ?? '';
    onChange({
      proxy: { kind: 'address', address: address.current?.value ?? '', user: name },
      ...(typed !== '' ? { proxyPassword: typed } : name === '' && hasPassword ? { proxyPassword: null } : {}),
    });
    // SECURITY: the password crosses once and stays nowhere in the window (trust.spec.ts, "stays in no box").
    if (password.current) password.current.value = '';
  };
  return (
    <fieldset className={style.choices}>
      <legend className="visually-hidden">{t('proxy')}</legend>
      {(['environment', 'none', 'address'] as const).map((it) => (
        <label key={it} className={style.choice}>
          <input type="radio" name="proxy" checked={kind === it} onChange={() => choose(it)} />
          {t(`proxy.${it}`)}
        </label>
      ))}
      {kind === 'address' && (
        <div className={style.fields}>
          <TextInput
            ref={address}
            label={t('proxy.where')}
            placeholder="proxy.example.com:3128"
            defaultValue={proxy.kind === 'address' ? proxy.address : ''}
            autoComplete="off"
            spellCheck={false}
          />
          <TextInput
            ref={user}
            label={t('proxy.user')}
            defaultValue={proxy.kind === 'address' ? proxy.user : ''}
            autoComplete="off"
            spellCheck={false}
          />
          <TextInput
            ref={password}
            label={t('proxy.password')}
            placeholder={hasPassword ? t('proxy.kept') : ''}
            classNames={{ input: style.secret ?? '' }}
            autoComplete="off"
            spellCheck={false}
          />
          <Button variant="default" loading={busy} onClick={use}>
            {t('proxy.use')}
          </Button>
        </div>
      )}
      <p className={style.text}>{inUse === null ? t('proxy.direct') : t('proxy.inUse', { proxy: inUse })}</p>
    </fieldset>
  );
}

export function CertificateFacts({ certificate }: { readonly certificate: Certificate }) {
  const t = useShellWords();
  const day = (text: string) => text.slice(0, 10);
  const facts = [
    [t('certificate.subject'), certificate.subject],
    [t('certificate.issuer'), certificate.selfSigned ? t('certificate.itself') : certificate.issuer],
    [t('certificate.names'), certificate.names.join(', ') || '–'],
    [t('certificate.valid'), `${day(certificate.validFrom)} – ${day(certificate.validTo)}`],
  ] as const;
  return (
    <dl className={style.facts}>
      {facts.map(([name, value]) => (
        <div key={name} className={style.fact}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
      <div className={style.fact}>
        <dt>{t('certificate.fingerprint')}</dt>
        <dd className="mono">{certificate.fingerprint}</dd>
      </div>
    </dl>
  );
}
