/** Rarer things, folded: the project and what exactly the image is. */
import { Select } from '@mantine/core';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { useWords } from './bound-words.ts';
import { versionKey } from './draft-policy.ts';
import classes from './start.module.css';
import type { StartForm } from './use-start-form.ts';

export function MoreSection({ form }: { readonly form: StartForm }) {
  const t = useWords();
  const projects = form.options.data?.projects ?? [];
  const version = form.image?.version;
  return (
    <details className={classes.more}>
      <summary>
        <span className={classes.chevron}>
          <Icon name="chevronDown" />
        </span>
        {t('more')}
      </summary>
      {projects.length > 1 && (
        <Select
          size="sm"
          label={t('project')}
          data={projects}
          value={form.project}
          onChange={(project) => form.setDraft({ project, resourceGroup: null })}
          allowDeselect={false}
          mb={12}
        />
      )}
      {version && (
        <dl className={classes.facts}>
          {projects.length === 1 && (
            <>
              <dt>{t('project')}</dt>
              <dd>{form.project}</dd>
            </>
          )}
          <dt>{t('image')}</dt>
          <dd>
            <span className="mono">{versionKey(version)}</span>
            <CopyButton text={versionKey(version)} label={t('copy')} />
          </dd>
          <dt>{t('architecture')}</dt>
          <dd>{version.architecture}</dd>
          {version.services.length > 0 && (
            <>
              <dt>{t('services')}</dt>
              <dd>{version.services.join(', ')}</dd>
            </>
          )}
        </dl>
      )}
    </details>
  );
}
