/** Administrators start sessions for others: found by e-mail, or with a key that was typed. */
import { Autocomplete, Button, Checkbox, Select, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { berth } from '../../../bridge.ts';
import { ErrorNotice } from '../../../ui/error-notice.tsx';
import { toErrorValue } from '../../../ui/errors/sentences.ts';
import { Fold } from '../fold.tsx';
import type { StartForm } from '../use-start-form.ts';
import { useVerdictWords } from '../verdict/verdict-words.ts';
import classes from './more.module.css';
import { useMoreWords } from './more-words.ts';
import { ownerChoice } from './owner-policy.ts';

export function OwnerFold({ form }: { readonly form: StartForm }) {
  const t = useMoreWords();
  const v = useVerdictWords();
  const { accountId, options, setSpec } = form;
  const { owner } = form.spec;
  const missing = owner !== null && (owner.email.trim() === '' || owner.accessKey.trim() === '');
  const lookUp = useMutation({
    mutationFn: (email: string) => berth.launcher.owner({ accountId, email }),
    onSuccess: (found) => {
      if (found !== null) setSpec({ owner: ownerChoice(found, form.project), resourceGroup: null });
    },
  });
  const email = owner?.email.trim() ?? '';
  // An answer speaks of the e-mail that was asked; another one typed meanwhile is nobody's yet.
  const asked = lookUp.variables === email;
  const found = asked ? (lookUp.data ?? null) : null;
  const ask = () => {
    if (email !== '' && !lookUp.isPending) lookUp.mutate(email);
  };
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
        onChange={(event) => setSpec({ owner: event.currentTarget.checked ? { email: '', accessKey: '' } : null })}
      />
      {owner !== null && (
        <>
          <div className={classes.lookUp}>
            <TextInput
              size="xs"
              label={t('owner.email')}
              type="email"
              value={owner.email}
              autoComplete="off"
              maxLength={256}
              error={email === ''}
              // Another person: what was chosen for the one before is not theirs.
              onChange={(event) => setSpec({ owner: { email: event.currentTarget.value, accessKey: '' } })}
              onKeyDown={(event) => {
                if (event.key !== 'Enter' || event.ctrlKey || event.metaKey || event.nativeEvent.isComposing) return;
                event.preventDefault();
                event.stopPropagation();
                ask();
              }}
            />
            <Button size="xs" variant="default" disabled={email === ''} loading={lookUp.isPending} onClick={ask}>
              {t('owner.find')}
            </Button>
          </div>
          {asked && lookUp.isError && <ErrorNotice error={toErrorValue(lookUp.error)} />}
          {asked && lookUp.isSuccess && lookUp.data === null && <p className={classes.problem}>{t('owner.nobody')}</p>}
          {found && !found.sameDomain && <p className={classes.warning}>{t('owner.elsewhere', found)}</p>}
          {found?.accessKeys.length === 0 && <p className={classes.warning}>{t('owner.noKey', found)}</p>}
          <Autocomplete
            size="xs"
            mb={8}
            label={t('owner.key')}
            data={[...(found?.accessKeys ?? [])]}
            // The one that is chosen must not hide the others.
            filter={({ options: all }) => all}
            value={owner.accessKey}
            autoComplete="off"
            spellCheck={false}
            maxLength={256}
            error={owner.accessKey.trim() === ''}
            onChange={(accessKey) => setSpec({ owner: { ...owner, accessKey } })}
          />
          {owner.project !== undefined && (
            <div className={classes.pair}>
              <Select
                size="xs"
                label={t('owner.project')}
                data={[...new Set([owner.project, ...(found?.projects ?? [])])]}
                value={owner.project}
                allowDeselect={false}
                onChange={(project) => {
                  if (project !== null) setSpec({ owner: { ...owner, project }, resourceGroup: null });
                }}
              />
              <Select
                size="xs"
                label={t('owner.group')}
                data={[...(options.data?.resourceGroups ?? [])]}
                value={form.resourceGroup}
                allowDeselect={false}
                onChange={(resourceGroup) => setSpec({ resourceGroup })}
              />
            </div>
          )}
          {missing && <p className={classes.problem}>{v('owner')}</p>}
          <p className={classes.words}>{t('owner.help')}</p>
        </>
      )}
    </Fold>
  );
}
