/** In the head of the launcher: recent launches, and this one as a file or link. */
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { LaunchSpec } from '../../../../src-preload/contract/launch-spec.ts';
import type { Recipe } from '../../../../src-preload/contract/launches.ts';
import { berth, saveText } from '../../../bridge.ts';
import { Dialog } from '../../../ui/dialog.tsx';
import { ErrorNotice } from '../../../ui/error-notice.tsx';
import { toErrorValue } from '../../../ui/errors/sentences.ts';
import { Menu } from '../../../ui/menu.tsx';
import { HistoryDialog } from './history-dialog.tsx';
import { useRecipeWords } from './recipe-words.ts';
import classes from './recipes.module.css';

interface Props {
  readonly accountId: string;
  /** The form as it is now. */
  readonly spec: () => LaunchSpec;
  readonly onUse: (recipe: Recipe) => void;
  readonly onReset: () => void;
}

type Saved = { readonly to: 'file'; readonly file: string } | { readonly to: 'link' } | { readonly to: 'nowhere' };

export function RecipeBar({ accountId, spec, onUse, onReset }: Props) {
  const t = useRecipeWords();
  const [listing, setListing] = useState(false);
  const [saving, setSaving] = useState(false);
  const [resetting, setResetting] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const save = useMutation({
    mutationFn: async (to: 'file' | 'link'): Promise<{ saved: Saved; leftOut: readonly string[] }> => {
      const now = spec();
      const { text, fileName, link, leftOut } = await berth.launches.write({ accountId, title: now.name, spec: now });
      if (to === 'file') {
        saveText(fileName, 'application/json', text);
        return { saved: { to, file: fileName }, leftOut };
      }
      if (link === null) return { saved: { to: 'nowhere' }, leftOut: [] };
      await navigator.clipboard.writeText(link);
      return { saved: { to }, leftOut };
    },
  });

  const said = () => {
    if (!save.data) return null;
    const { saved, leftOut } = save.data;
    const what =
      saved.to === 'file'
        ? t('saved.file', { file: saved.file })
        : t(saved.to === 'link' ? 'saved.link' : 'save.linkTooLong');
    return leftOut.length > 0 ? `${what} ${t('saved.leftOut', { names: leftOut.join(', ') })}` : what;
  };

  return (
    <div className={classes.bar}>
      {save.error && <ErrorNotice error={toErrorValue(save.error)} />}
      <span className={classes.said} role="status">
        {said()}
      </span>
      <Button
        size="compact-sm"
        variant="default"
        data-tip={t('recent.tip')}
        aria-haspopup="dialog"
        onClick={() => setListing(true)}
      >
        {t('recent')}
      </Button>
      <Button
        ref={button}
        size="compact-sm"
        variant="default"
        aria-haspopup="menu"
        aria-expanded={saving}
        onClick={() => setSaving((now) => !now)}
      >
        {t('save')}
      </Button>
      <Button size="compact-sm" variant="default" aria-haspopup="dialog" onClick={() => setResetting(true)}>
        {t('reset')}
      </Button>
      {resetting && (
        <ResetDialog
          onReset={() => {
            setResetting(false);
            onReset();
          }}
          onCancel={() => setResetting(false)}
        />
      )}
      {saving && button.current && (
        <Menu
          anchor={button.current}
          label={t('save.menu')}
          items={[
            { id: 'file', label: t('save.file'), onSelect: () => save.mutate('file') },
            { id: 'link', label: t('save.link'), onSelect: () => save.mutate('link') },
          ]}
          onClose={() => setSaving(false)}
        />
      )}
      {listing && (
        <HistoryDialog
          accountId={accountId}
          onUse={(recipe) => {
            setListing(false);
            onUse(recipe);
          }}
          onClose={() => setListing(false)}
        />
      )}
    </div>
  );
}

/** Asks, because a form that was filled in by hand is not to be had back. */
function ResetDialog({ onReset, onCancel }: { readonly onReset: () => void; readonly onCancel: () => void }) {
  const t = useRecipeWords();
  return (
    <Dialog
      title={t('reset.title')}
      role="alertdialog"
      width={420}
      onClose={onCancel}
      footer={
        <>
          <Button variant="default" onClick={onCancel}>
            {t('reset.cancel')}
          </Button>
          <Button onClick={onReset} data-autofocus>
            {t('reset.do')}
          </Button>
        </>
      }
    >
      <p>{t('reset.what')}</p>
    </Dialog>
  );
}
