/** Signing in over the page, so that nothing on it is lost: again after an expiry, or to another account. */
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { berth } from '../../bridge.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import style from './first-window.module.css';
import { SignInForm, type SignInProps } from './sign-in-form.tsx';
import { useSignInWords } from './words.ts';

export function SignInDialog(props: SignInProps & { readonly onCancel: () => void }) {
  const t = useSignInWords();
  const { sites, again, onCancel, onSignedIn } = props;
  const sandbox = useMutation({
    mutationFn: () => berth.sandbox.start(),
    onSuccess: (it) => onSignedIn(it.accountId),
  });
  const hasSandbox = sites.some((site) => site.isSandbox && site.accounts.length > 0);
  return (
    <Dialog title={t(again ? 'signInAgain' : 'signIn')} width={440} onClose={onCancel}>
      <div className={style.dialog}>
        <SignInForm {...props} heading={false} />
        {!again && !hasSandbox && (
          <p className={style.orSandbox}>
            <Button variant="subtle" loading={sandbox.isPending} onClick={() => sandbox.mutate()}>
              {t('trySandbox')}
            </Button>
          </p>
        )}
        {sandbox.error && <ErrorNotice error={toErrorValue(sandbox.error)} onRetry={() => sandbox.mutate()} />}
      </div>
    </Dialog>
  );
}
