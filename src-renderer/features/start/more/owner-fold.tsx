/** Administrators start sessions for others. */
import { Checkbox, TextInput } from '@mantine/core';
import { Fold } from '../fold.tsx';
import type { StartForm } from '../use-start-form.ts';
import { useVerdictWords } from '../verdict/verdict-words.ts';
import classes from './more.module.css';
import { useMoreWords } from './more-words.ts';

export function OwnerFold({ form }: { readonly form: StartForm }) {
  const t = useMoreWords();
  const v = useVerdictWords();
  const { owner } = form.spec;
  const missing = owner !== null && (owner.email.trim() === '' || owner.accessKey.trim() === '');
  return (
    <Fold
      title={t('owner')}
      state={owner === null ? t('none') : owner.email}
      isSet={owner !== null}
      invalid={missing}
      parts={['owner']}
    >
      <Checkbox
        size="xs"
        label={t('owner.switch')}
        checked={owner !== null}
        onChange={(event) => form.setSpec({ owner: event.currentTarget.checked ? { email: '', accessKey: '' } : null })}
      />
      {owner !== null && (
        <>
          <div className={classes.pairBelow}>
            <TextInput
              size="xs"
              label={t('owner.email')}
              type="email"
              value={owner.email}
              autoComplete="off"
              maxLength={256}
              error={owner.email.trim() === ''}
              onChange={(event) => form.setSpec({ owner: { ...owner, email: event.currentTarget.value } })}
            />
            <TextInput
              size="xs"
              label={t('owner.key')}
              value={owner.accessKey}
              autoComplete="off"
              spellCheck={false}
              maxLength={256}
              error={owner.accessKey.trim() === ''}
              onChange={(event) => form.setSpec({ owner: { ...owner, accessKey: event.currentTarget.value } })}
            />
          </div>
          {missing && <p className={classes.problem}>{v('owner')}</p>}
          <p className={classes.words}>{t('owner.help')}</p>
        </>
      )}
    </Fold>
  );
}
