/** Which site and account this window shows; switch, add, sign out. */
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { berth } from '../../bridge.ts';
import { chooseAccount, useCurrentAccount } from '../../state/current-account.ts';
import type { SignedIn } from '../../state/use-sites.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import { Icon, Mark } from '../../ui/icons.tsx';
import { Menu, type MenuItem } from '../../ui/menu.tsx';
import style from './shell.module.css';
import { useShellWords } from './words.ts';

interface Props {
  readonly onAddAccount: () => void;
  readonly onSite: () => void;
}

export function AccountSwitcher({ onAddAccount, onSite }: Props) {
  const t = useShellWords();
  const { current, all } = useCurrentAccount();
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const [leaving, setLeaving] = useState<SignedIn | null>(null);
  if (!current) return null;
  const { site, account } = current;

  const items: MenuItem[] = [
    ...all.map((it) => ({
      id: it.account.id,
      checked: it.account.id === account.id,
      label: (
        <span className={style.choice}>
          <span className={style.dot} style={{ background: it.site.colour }} data-state={it.account.state} />
          <span className={style.choiceText}>
            <span className="ellipsis">{it.site.name}</span>
            <span className={`${style.choiceSub} ellipsis`}>
              {it.account.label}
              {it.account.state !== 'signed-in' && ` · ${t(`state.${it.account.state}`)}`}
            </span>
          </span>
        </span>
      ),
      onSelect: () => chooseAccount(it.account.id),
    })),
    { id: 'add', icon: 'plus', label: t('addAnother'), separated: true, onSelect: onAddAccount },
    { id: 'site', icon: 'settings', label: t('siteSettings'), onSelect: onSite },
    { id: 'out', icon: 'signOut', label: t('signOut'), onSelect: () => setLeaving(current) },
  ];

  return (
    <>
      <button
        ref={button}
        type="button"
        className={style.switcher}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label={t('account', { site: site.name, label: account.label })}
        data-tip={`${site.endpoint}${site.manager ? `\nBackend.AI ${site.manager}` : ''}`}
        onClick={() => setOpen(!open)}
      >
        <Mark size={24} />
        <span className={style.switcherText}>
          <span className={`${style.switcherName} ellipsis`}>{site.name}</span>
          <span className={`${style.switcherSub} ellipsis`}>
            {account.state === 'signed-in' ? account.label : t(`state.${account.state}`)}
          </span>
        </span>
        <span className={style.switcherArrow}>
          <Icon name="chevronDown" size={14} />
        </span>
      </button>
      {open && button.current && (
        <Menu
          anchor={button.current}
          label={t('accounts')}
          items={items}
          align="start"
          onClose={() => setOpen(false)}
        />
      )}
      {leaving && <SignOutDialog it={leaving} onClose={() => setLeaving(null)} />}
    </>
  );
}

function SignOutDialog({ it, onClose }: { readonly it: SignedIn; readonly onClose: () => void }) {
  const t = useShellWords();
  const signOut = useMutation({
    mutationFn: () => berth.sites.signOut({ accountId: it.account.id }),
    onSuccess: onClose,
  });
  return (
    <Dialog
      role="alertdialog"
      title={t('signOut.title', { site: it.site.name })}
      onClose={onClose}
      footer={
        <>
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('cancel')}
          </Button>
          <Button loading={signOut.isPending} onClick={() => signOut.mutate()}>
            {t('signOut.do')}
          </Button>
        </>
      }
    >
      <p>{t('signOut.text', { label: it.account.label })}</p>
      {signOut.error && <ErrorNotice error={toErrorValue(signOut.error)} />}
    </Dialog>
  );
}
