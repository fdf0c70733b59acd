/** Before there is an account, and for adding another: what Berth is, the sandbox, the sign-in form. */
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { berth } from '../../bridge.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import { Mark } from '../../ui/icons.tsx';
import { Loading } from '../../ui/loading.tsx';
import style from './first-window.module.css';
import { SignInForm, type SignInProps } from './sign-in-form.tsx';
import { useSignInWords } from './words.ts';

export function FirstWindow(props: SignInProps) {
  const { onSignedIn } = props;
  const t = useSignInWords();
  const sandbox = useMutation({
    mutationFn: () => berth.sandbox.start(),
    onSuccess: (it) => onSignedIn(it.accountId),
  });
  return (
    <main className={style.page}>
      <section className={style.left}>
        <div className={style.leftInner}>
          <p className={style.name}>
            <Mark size={32} />
            Berth
          </p>
          <p className={style.what}>{t('what')}</p>
          <Button variant="default" onClick={() => sandbox.mutate()} disabled={sandbox.isPending}>
            {t('trySandbox')}
          </Button>
          {sandbox.isPending ? (
            <div className={style.progress}>
              <Loading words={t('sandboxStarting')} />
            </div>
          ) : (
            <p className={style.hint}>{t('sandboxHint')}</p>
          )}
          {sandbox.error && <ErrorNotice error={toErrorValue(sandbox.error)} onRetry={() => sandbox.mutate()} />}
        </div>
      </section>
      <section className={style.right}>
        <SignInForm {...props} />
      </section>
    </main>
  );
}
