/** What of a launch from elsewhere is not so on this site, said once above the form. */
import { IconButton } from '../../../ui/icon-button.tsx';
import { Icon } from '../../../ui/icons.tsx';
import type { Change } from './fit-policy.ts';
import { useRecipeWords } from './recipe-words.ts';
import classes from './recipes.module.css';

interface Props {
  readonly title: string;
  readonly changes: readonly Change[];
  readonly onDismiss: () => void;
}

export function ChangesNotice({ title, changes, onDismiss }: Props) {
  const t = useRecipeWords();
  const isFine = changes.length === 0;
  return (
    <section className={classes.changes} data-fine={isFine || undefined} role="status">
      <Icon name={isFine ? 'check' : 'warning'} />
      <div className={classes.changesText}>
        <p>
          {title !== '' && t('changes.of', { title })}{' '}
          {isFine ? t('changes.none') : t('changes.some', { count: changes.length })}
        </p>
        {!isFine && (
          <ul>
            {changes.map(({ kind, what, instead }) => (
              <li key={`${kind} ${what}`}>{t(`change.${kind}`, { what, instead: instead ?? t('nothingInstead') })}</li>
            ))}
          </ul>
        )}
      </div>
      <IconButton icon="close" label={t('changes.dismiss')} onClick={onDismiss} />
    </section>
  );
}
