/** A site's name, colour, and the way there. */
import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { type Site, siteColours } from '../../../src-preload/contract/sites.ts';
import { berth } from '../../bridge.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { toErrorValue } from '../../ui/errors/sentences.ts';
import { Icon } from '../../ui/icons.tsx';
import style from './connection-form.module.css';
import { ConnectionForm } from './connection-form.tsx';
import { OwnKeyForm } from './own-key-form.tsx';
import { useShellWords } from './words.ts';

export function SiteDialog({ site, onClose }: { readonly site: Site; readonly onClose: () => void }) {
  const t = useShellWords();
  const name = useRef<HTMLInputElement>(null);
  const update = useMutation({
    mutationFn: (change: { name?: string; colour?: string }) => berth.sites.update({ siteId: site.id, ...change }),
  });
  const [colour, setColour] = useState(site.colour);
  const mark = (chosen: string) => {
    setColour(chosen);
    update.mutate({ colour: chosen }, { onError: () => setColour(site.colour) });
  };
  const rename = () => {
    const typed = name.current?.value.trim() ?? '';
    if (typed !== '' && typed !== site.name) update.mutate({ name: typed });
  };
  const done = () => {
    rename();
    onClose();
  };
  return (
    <Dialog
      title={t('site.title', { site: site.name })}
      width={560}
      onClose={done}
      footer={<Button onClick={done}>{t('done')}</Button>}
    >
      <div className={style.form}>
        {update.error && <ErrorNotice error={toErrorValue(update.error)} />}
        <TextInput
          ref={name}
          label={t('site.name')}
          defaultValue={site.name}
          maxLength={64}
          onBlur={rename}
          autoComplete="off"
        />
        <fieldset className={style.swatches}>
          <legend className={style.heading}>{t('site.colour')}</legend>
          {siteColours.map((it, index) => (
            <label key={it} className={style.swatch} style={{ background: it }}>
              <input
                type="radio"
                name="colour"
                aria-label={t('site.colourNumber', { number: index + 1 })}
                checked={colour === it}
                onChange={() => mark(it)}
              />
              {colour === it && <Icon name="check" size={14} />}
            </label>
          ))}
        </fieldset>
        {!site.isSandbox && <ConnectionForm endpoint={site.endpoint} />}
        {site.accounts.map((account) => (
          <section key={account.id}>
            <h3 className={style.heading}>
              {t('ownKey')}
              {site.accounts.length > 1 && ` · ${account.email ?? account.accessKey}`}
            </h3>
            <p className={style.text}>{t('ownKey.text')}</p>
            <OwnKeyForm accountId={account.id} />
          </section>
        ))}
      </div>
    </Dialog>
  );
}
