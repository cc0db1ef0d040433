// Chooses the form of a word that a number asks for, by Intl's rules for the language.
/** Forms of one phrase; `other` always exists. */
export type PluralForms = Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string };

/** A chooser for one language. */
export function pluralOf(language: string): (n: number, forms: PluralForms) => string {
  const rules = new Intl.PluralRules(language);
  return (n, forms) => forms[rules.select(n)] ?? forms.other;
}
