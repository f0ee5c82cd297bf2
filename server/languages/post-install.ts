import {
  analysePostInstall,
  type AnalysedPostInstall,
} from '../../core/analysis/post-install/language.ts';
import type { PostInstallProject } from '../../core/analysis/post-install/facts.ts';
import { INSTALLER_CONFIG_DOCS } from '../../core/analysis/installer-config/rules.ts';
import { bashSyntaxFaults } from '../../core/lint/bash-syntax.ts';
import { languageService } from '../language.ts';

export const postInstall = languageService<AnalysedPostInstall, PostInstallProject>({
  docs: INSTALLER_CONFIG_DOCS,
  nothingKnown: {},
  lookAround: () => Promise.resolve({}),
  examine: async (text, { env, isTrusted }, signal) => {
    const syntaxFaults = isTrusted() ? await bashSyntaxFaults(text, { env, signal }) : undefined;
    return syntaxFaults === undefined ? {} : { syntaxFaults };
  },
  analyse: analysePostInstall,
  features: {},
});
