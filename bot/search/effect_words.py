# ruff: noqa: E501 - a pattern reads best on as few lines as it has alternatives
"""The words in which a sentence states an effect, as patterns: what changes, how, and what denies it."""

import re

from bot.search.effect_cells import ALONE, ATTACKERS, DIE, LIVE, SUPPRESSORS


def _stems(*stems: str) -> str:
    """A pattern of verbs, by their stems, in the forms that state something."""
    return rf"(?:{'|'.join(' '.join(stems).split())})(?:e[sdn]?|ing|s|ed|ation|ions?|es|e?ments?)?"


# What is good for a patient when there is more of it, and what is bad.
_TUMOUR = r"(?:(?:tumou?r|cancer|leuk\w+mia|\w{3,}oma)s?(?: (?:tumou?r|cancer|carcinoma)s?)?(?: cells?)?(?: lines?)?(?: (?:metastas[ei]s|growth|progression|burden))?|metastases)"
_TUMOUR_ALONE = rf"(?:tumou?rs?|cancers?|\w{{3,}}omas?|leuk\w+mias?|malignancies|neoplasms?|metastases|(?:tumou?r|cancer)(?: stem)? cells?){ALONE}"
_GONE = r"(?:differentiation|senescence|death|lysis|killing|apoptosis|necrosis|rejection|clearance|elimination|eradication|phagocytosis|regression)"
# What tumours and their cells are said to be, and to be able to do.
_MALIGN = r"invasive|metastatic|migratory|malignant|tumou?rigenic|oncogenic|proliferative|stem(?:-like| cell-like)?|mesenchymal|transforming|transformed|aggressive|clonogenic"
# What acts for or against these: "anti-proliferative effects", "a pro-angiogenic status".
_QUALITY = r"(?: (?:effects?|activit(?:y|ies)|actions?|potentials?|propert(?:y|ies)|phenotypes?|capacit(?:y|ies)|functions?|signal(?:s|ling|ing)?|status|impact))"
_OF_TUMOURS = (
    rf"(?:{_MALIGN}|angiogenic|tumou?r(?:al)?|cancer|neoplastic|leuk\w+mic|growth|inflammatory)"
)
_KILLING = r"(?:apoptotic|cytotoxic|tumou?ricidal)"
_FOR_PATIENT = rf"anti-?{_OF_TUMOURS}{_QUALITY}?|(?:pro-?)?{_KILLING}{_QUALITY}"
_FOR_TUMOUR = rf"anti-?{_KILLING}{_QUALITY}?|pro-?{_OF_TUMOURS}{_QUALITY}?(?! immun)"
_GOOD = (
    rf"{_FOR_PATIENT}|"
    r"time to (?:[\w-]+ ){0,3}?(?:progression|recurrence|relapse|death|metastasis|deterioration|failure|resistance)|TTP|TTR|(?:(?:overall|median|(?:progression|relapse|disease|recurrence|event|metastasis|failure)[- ]free|(?:cancer|disease)[- ]specific)(?:,? (?:and|or)|,)? ){1,3}survival|(?:m|rw)?(?:OS|PFS)|[DERC]FS|[CD]SS|ORRs?|DCR|\w?pCR|MPR|CRR?(?!-)|RFI|(?<!-)(?<!chemotactic )(?<!inflammatory )(?<!stress )(?<!damage )(?<!autophagic )(?<!autophagy )(?<!protein )respon(?:se|ses|ders?|sive|siveness)(?! to (?:[\w-]+ )?(?:inflammation|stress|damage|injury|hypoxia|stimul|LPS|lipopoly|infection|cytokine))|remissions?"
    rf"|{_GONE} (?:of|in|against) (?:\S+ ){{0,4}}?{_TUMOUR}|(?:growth|proliferation|tumou?r|metastasis)[ -](?:inhibit|suppress)(?:ing|ory|ive) (?:effects?|activity|action)|tumou?r (?:suppression|inhibition|rejection|clearance|eradication)|resistance to (?:[\w-]+ )?(?:exhaustion|immuno-?suppression|dysfunction)"
    r"|efficacy|effectiveness|effective(?! \w+(?:tion|ment)s?\b)|(?:therapeutic|treatment|beneficial|cytotoxic|anti-?cancer) effects?|control|prognos[ie]s|outcomes?|(?:chemo|radio)?sensitivity(?! and specificity| of \d)|susceptibility|(?:(?:radio|chemo|immuno)-?)?sensiti[sz]ation|safety"
    r"|immunity|immunogenicity|cytotoxicity|(?:QoL|quality of life)"
    r"|apoptotic (?:[\w-]+ ){0,3}?(?:cells?|bodies|populations?|fraction|index|rates?|effects?)|tolerability|recovery|regressions?|shrinkage|(?:(?:cancer|tumou?r) )?protection|(?:bone |tissue |nerve )?regeneration|(?:wound )?healing|(?:cytotoxic|effector) (?:[\w+]+ ){0,3}(?:signatures?|activit(?:y|ies)|markers)|durability|(?<!immune )(?<!self )(?<!drug )tolerance|(?:cell[- ]cycle|G[012]/?[GMS]?\d?|growth) arrest|antigen[- ](?:cross-)?presentation|cross-presentation|MHC(?:[- ]I{1,2}| class I{1,2})?(?: surface)? expression|(?:IFN|interferon)-?[γg]?\w* (?:production|secretion|release)|immunosurveillance|immune surveillance|drug (?:uptake|delivery|accumulation|penetration)"
)
_ABLE = r"(?:abilit(?:y|ies)|capacit(?:y|ies)|capabilit(?:y|ies)|propensity)(?: of (?:[\w-]+ ){0,3}[\w-]+)?"
_ABLE_TO = r"migrat|invad|proliferat|metastasi[sz]|infiltrat|grow|spread|self-renew|form |disseminat|coloni[sz]"
_BAD = (
    rf"{_FOR_TUMOUR}|mortality|deaths|(?<!mitotic )(?<!meiotic )(?<!fork )progression|recurrences?|relapses?|metasta(?:sis|ses)|invasion|(?:hyper)?invasiveness|(?:re)?growth"
    r"|tumou?rigen(?!ic\b)\w+|tumou?r (?:burdens?|volumes?|sizes?|weights?|mass(?:es)?|loads?|numbers?|development)|(?:volumes?|sizes?|numbers?|weights?) of (?:\S+ ){0,3}tumou?rs?(?!-)|cancer stem cells|CSCs|(?:tumou?r|cancer)[- ]initiating cells|TICs?|tumou?r (?:nodules?|foci)|colon(?:y|ies) (?:numbers?|counts?)|(?:numbers? of )?(?:soft[- ]agar )?colonies(?! of (?:bact|mice))|(?:cancer|tumou?r) incidence|incidence of (?:\w+ )?(?:cancers?|tumou?rs?|metasta\w+)|(?:carcin|onc|leuka?em|lymphom|\w{2,}om)a?ogenesis|lymphomagenesis|stemness|EMT|(?:lymph)?angiogenesis|vessel density|tube formation|immortali[sz]ation|(?:malignant|neoplastic|oncogenic|cell|cellular) transformation|(?:genom|chromosom)\w+ instability|DNA synthesis|(?:tissue|organ|liver|kidney|renal|lung|hepatic|myocardial) (?:injury|damage)|malignan(?:cy|t \w+)|aggressiveness|hyper-?proliferation|tumou?r-promoting"
    rf"|(?:{_MALIGN})(?:,? (?:and|or) [\w-]+)? (?:abilit\w+|capacit\w+|capabilit\w+|potentials?|propert\w+|phenotypes?|behaviou?rs?|activit\w+|features?|traits?|growth)|(?<=more )(?:{_MALIGN})|{_ABLE} to (?:{_ABLE_TO})\w*"
    r"|toxic(?:it(?:y|ies))?|adverse (?:[\w-]+ )?(?:events?|effects?|reactions?|outcomes?)|cytokine release syndrome|CRS|(?:neuro|cardio|hepato|nephro|geno|haemato|hemato)-?toxic\w*|irAEs?|TRAEs?|TEAEs?|AEs?|side effects|complications?|pneumonitis|colitis|myocarditis|symptoms?|fatigue|pain|distress|anxiety|depression|nausea|vomiting|fibrosis|inflammation|infections?|dropout|(?<!to )(?<!to treatment )(?<!to drug )(?<!to study )(?<!to permanent )discontinuations?"
    r"|resistance(?! to (?:[\w-]+ )?(?:exhaustion|immuno-?suppression|dysfunction|hypoxia))|morbidity|(?:occurrence|incidence|risks?|rates?) of (?:the )?(?:[\w-]+ ){0,3}(?:outcome|end ?point|event)s?|skeletal[ -]related events?|tumou?r lesions?|metastatic (?:competence|disease|spread|burden|lesions?|foci|nodules?|outgrowth|progression|disseminat\w+|growth|coloni\w+|tumou?rs?|recurrence|melanoma|cells?)|disseminat(?:ion|ed disease)|(?:development|initiation|formation|occurrence|appearance|onset|emergence|spread|outgrowth) of (?:\S+ ){0,3}?(?:tumou?rs?|cancers?|metastas[ei]s|\w+omas?)\b|immuno-?suppress(?:ion|ive \w+|ive)|immunometabolic suppression|(?:cells?|MDSC|Treg|macrophage)s?[-–— ]+mediated (?:immune )?suppression|immune (?:evasion|escape|suppression)|exhaustion|(?<!mitochondrial )dysfunction|hazards?|(?<!at high )(?<!at low )(?<!at higher )(?<!at lower )(?<!at highest )(?<!at increased )(?<!low-)(?<!high-)risks?|aging|failure|escape|evasion|deterioration|(?:colony|sphere|spheroid|mammosphere|tumou?rsphere|invadopodia|focus) formation|clonogenicity|(?:selective|growth|proliferative|competitive) advantages?|self-renewal|(?:mesenchymal|malignant) (?:transition|transformation)|neovasculari[sz]ation|vasculari[sz]ation|microvessel density|cachexia|wasting|(?:(?:body )?weight|muscle|bone|adipose|fat)(?:/\w+)? (?:loss|wasting)|(?:body )?weight reduction|tumou?r (?:promotion|formation|initiation)|desmoplasia|anergy|immune tolerance|efflux|chemoresist\w+|radioresist\w+|(?:advanced|late|later|higher|high) (?:[\w-]+ )?(?:stages?|grades?)|node (?:metast\w+|involvement)|recurrent disease"
)
_UP = _stems(
    "increas enhanc prolong extend promot boost elevat augment magnif(?:y|i) potentiat restor amplif(?:y|i) strengthen accelerat driv facilitat",
    "induc(?:t)? stimulat rais favou?r foster confer(?:r)? contribut(?:e[sd]?|ing)\\sto support aggravat exacerbat heighten trigger (?:re)?invigorat rescu rejuvenat",
    "upregulat bolster broaden deepen doubl encourag escalat evok exaggerat expedit fuel intensif(?:y|i) maximi[sz] perpetuat propel protract provok reinforc reinstat re-?establish sustain unleash spur empower strengthen",
) + r"|(?<!all )(?<!any )(?<!specific )caus(?:e[sd]?|ing)|endow(?:s|ed|ing)? (?:[\w-]+ ){1,4}with|achiev(?:es|ed|ing)(?! (?:[\w-]+ ){0,4}(?:survival|OS|PFS)\b)|acquir(?:es?|ed(?! (?:\w+ )?resistan)|ing)|delay(?:s|ed|ing)?(?= (?:the )?time to)|ris(?:e|es|en|ing)|rose|larger|higher|highest|high(?= rates?)|longer|longest|greater|greatest|more(?! than \d| (?:likely|frequent|common))|stronger|excess|more (?:frequent|common)(?:ly)?|more likely to (?:develop|have|experience|suffer)|(?:very|highly|particularly)(?= (?:responsive|effective|sensitive))|high(?= (?:\w+ )?(?:efficacy|mortality|toxicity|recurrence|relapse|ORR|response|remission))|positively (?:correlat\w+|associated|related|linked) (?:with|to)|(?:result(?:s|ed|ing)?|culminat(?:es|ed|ing)) in|l(?:ed|eads?|eading) to|elicit(?:s|ed|ing)?|(?:had|have|has|show\w*|exhibit\w*|display\w*) (?:an? )?(?:\w+ly )?(?:high|strong|potent|marked|profound)|(?:as|is|was) an? (?:\w+ ){0,2}(?:promoter|driver|inducer|enhancer|mediator|activator)s? of"  # fmt: skip
_DOWN = _stems(
    "reduc(?:t)? decreas lower suppress inhibit(?:or(?=y))? attenuat impair diminish(?:e)? shorten limit abrogat abolish(?:e)? block slow(?:er)? prevent mitigat alleviat",
    "overcom overcame revers revert declin weaken hamper compromis curtail dampen blunt eradicat eliminat counteract halt arrest retard kill restrain curb hinder imped antagoni[sz] deplet shr[aiu]nk",
    "ablat abat circumvent constrain crippl deter disrupt downregulat eas eras forestall hamper impinge inactivat interfer(?:es?|ed|ing)\\swith lessen minimi[sz] negat neutrali[sz] nullif(?:y|i) obviat offset oppos overrid postpon preclud quell quench repress resist restrict reliev stunt subdu terminat thwart undermin inhibit remov",
) + r"|fell|falls?|drop(?:s|ped)?|(?:as|is|was|are|were) an? (?:[\w-]+ ){0,3}(?:inhibitor|suppressor|repressor|antagonist)s? of|protect(?:s|ed|ing|ion|ive)? (?:effects? )?(?:(?!from|against)[\w-]+ ){0,3}(?:from|against)|less (?:frequent|common)(?:ly)?|less likely to (?:develop|have|experience|suffer)|delay(?:s|ed|ing)?(?! (?:the )?time to| (?:\w+ )?(?:toxicit|adverse|effects?|onset))|lowest|low(?= (?:\w+ )?(?:efficacy|mortality|toxicity|recurrence|relapse|response|survival))|minimal|short(?= (?:[\w-]+ ){0,2}(?:survival|OS|PFS)\b)|(?:inhibitory|suppressive) (?:effects?|activity|action)s? (?:of [\w-]+ )?(?:on|against)|shorter|shortest|fewer|less(?! than \d| (?:likely|frequent|common))|smaller|reversal|loss of|lack of|(?:inversely|negatively) (?:correlat\w+|associated|related|linked) (?:with|to)|(?:correlat\w+|associated|related|linked) (?:\w+ly )?(?:inversely|negatively) (?:with|to)"  # fmt: skip
# Said of cells, tumours and patients; of a mouse that resists cancer it is the other way.
_IS = r"(?<!that are )(?<!that were )(?<!who are )(?<!which are )(?:(?<=more )|(?<=less )|(?<=were )|(?<=was )|(?<=are )|(?<=is )|(?<=safe and )|(?<=became )|(?<=become )|(?<=becomes )|(?<=ame )|(?<=ed )|(?<=ly ))"
_GROW = r"(?:proliferat|gr[eo]w|migrat|progress|metastasi[sz]|metastatic disease)\w*"
_NOT_ILL = r"(?! (?:[\w-]+ ){0,3}(?:infection|carcinogen|tumou?r|cancer|colitis|metasta|toxic|disease|develop|hypoxia|stress|obes))"
# A link states something only of what is bad: "associated with recurrence".
_LINK = (
    r"(?:associated|correlat(?:ed|es|ion)|linked|related) (?:with|to)(?! (?:the )?(?:risks?(?! of (?:all-cause |cancer )?(?:death|mortality|recurrence|relapse|progression))|hazard|hypoxia|(?:[\w-]+ )?inflammation)\b)"
    r"|(?:independent(?:ly)?|strong|significant)(?: \w+)? predict(?:s|ed|ive of|ors? (?:of|for))|predict(?:s|ed)(?= (?:death|mortality|recurrence|relapse|progression)\b)"
    rf"|(?:play|ha[sd]|have)\w* (?:an? |the )?(?:[\w-]+ ){{0,2}}roles? in|{_IS}(?:(?:critical|essential|required|crucial|necessary|indispensable|responsible|needed) for|(?:involved|implicated) in)|underl(?:ies?|ay)|mediat(?:es?|ing)|predispos\w+ to|coincid(?:ent|es?|ed|ing) with|(?:significant|important|key|critical|crucial|central|pivotal|major) roles? in|(?:as|is|are|was|were) an? (?:[\w-]+ ){{0,3}}(?:determinant|mediator|contributor|effector)s?(?: \w+)? (?:of|for|in|to)"
)
# What a treatment is strengthened or weakened as, where it is no other thing's name: "ICI resistance".
_THERAPY = r"(?:the )?(?:[\w-]+ )?(?:(?:immune[- ])?checkpoint (?:blockade|inhibit(?:ion|ors?)|immunotherap\w+|therap\w+)|(?:anti-?)?(?:PD-?\(?L?\)?-?1|CTLA-?4)(?:[ /][\w/-]+)? (?:blockade|therap\w+|inhibit(?:ion|ors?)|treatment|antibod\w+|immunotherap\w+)|anti-?PD-?\(?L?\)?-?1|immunotherap(?:y|ies)|ICB|ICIs?|CAR[- ]T(?:[- ]cells?)?(?: therap\w+)?)(?![- ]?(?:[\w-]+ )?(?:resist|toxic|induced|related|failure|evasion))"
# What an impact is on that is bad to begin with.
_ON_PATIENT = r"(?: of (?:[^\s,;]+ ){1,5}?| )(?:on|upon)\b(?! (?:the )?(?:[\w-]+ )?(?:toxic|growth|progress|metasta|proliferat|invas|viab|risk))"
_BETTER = (
    rf"(?:enhanc|potentiat|boost|augment|synergi[sz])(?:e[sd]?|s|ed|ing) {_THERAPY}|positive (?:impacts?|effects?|influences?){_ON_PATIENT}|"
    r"(?:ameliorat|improv)(?:e[sd]?|ing|ements?|ion)|benefit(?:s|ed|ted|ting)?|beneficial|superior(?:ity)?|(?<!no )(?:better|best)|outperform\w*|favou?rabl[ey]|protective(?! (?:effects? )?against)|(?:positive|favou?rable|good) (?:independent )?prognos\w+ (?:factor|marker|predictor|indicator)s?|(?<!growth )(?<!proliferative )(?<!selective )(?<!competitive )advantages?"
    rf"|{_GROW} (?:slower|poorly|(?:more )?slowly)|(?<!who )(?<!that )(?<!patients )responded to|(?:show\w*|display\w*|retain\w*) sensitivity to|{_IS}(?:sensitive|susceptible|vulnerable) to{_NOT_ILL}|synergi[sz]e[sd]|synergy|synergism|(?:(?:radio|chemo|immuno)-?)?sensiti[sz](?:e[sd]?|ing)|synergistic(?:ally)?|efficacious|{_IS}(?:effective (?:in|against|for|at)|safe\b)|(?:is|was|are|were|as) an? (?:\w+ and )?(?:safe|effective)|(?:is|was|are|were) an? (?:\w+ )?active (?:[\w-]+ )?(?:regimen|treatment|therapy|combination|agent|drug)|(?:is|are|was|were) (?:an? )?potent (?:[\w-]+ )?cytotoxi\w+|protect(?:s|ed|ing)? (?:[\w-]+ ){{0,3}}(?:from|against) (?:[\w-]+ ){{0,2}}(?:tumou?rs?|cancers?|metastas[ei]s)\b|safely|cured|regressed|under(?:go|goes|went|gone|going) (?:[\w-]+ )?apopto\w+|(?:as|is) an? (?:[\w-]+ ){{0,3}}(?:(?:radio|chemo)?sensiti[sz]er|tumou?r[- ]suppress(?:or|ive))(?! gene)|well[- ]tolerated|(?:acceptable|manageable|tolerable|good) (?:safety|toxicity|tolerability)(?: profiles?)?|(?:was|were|is|are) curative|(?:fail(?:s|ed)? to|(?:did|does|do) not) (?:form|develop|establish) (?:any )?(?:\w+ )?(?:tumou?rs?|metastas[ei]s|cancers?)|(?:potent|remarkable|durable|significant|strong|substantial|excellent|promising|prominent|robust|marked|encouraging|meaningful|superior|favou?rable)(?:(?: and|,) \w+)? (?:anti-?(?:tumou?r|cancer) |tumou?r )?(?:therapeutic |clinical )?(?:efficacy|activity|responses?|remissions?|regressions?|immunity|control|effects?|outcomes?)|(?:promising|encouraging) (?:\w+ )?results|(?:show|demonstrat|exhibit|display)(?:s|ed|ing|e[sd]?) (?:clinical|anti-?tumou?r|anti-?cancer)(?: and \w+)? (?:activity|efficacy|effects?|benefits?)|exert(?:s|ed|ing)? (?:its |their |an? )?(?:\w+ )?anti-?(?:tumou?r|cancer) \w+|(?:demonstrat|show)(?:e[sd]?|s|ed|ing|n)? efficacy"
)
_WORSE = (
    rf"(?:impair|blunt|compromis|undermin|hinder|attenuat|abrogat|dampen|hamper|antagoni[sz])(?:e[sd]?|s|ed|ing) {_THERAPY}|negative (?:impacts?|effects?|influences?){_ON_PATIENT}|suboptimal(?= (?:[\w-]+ )?(?:respon|outcome|surviv|control|efficacy))|"
    r"(?<!or )(?<!no )wors(?:e|en|ens|ened|ening|t)|poor(?:er|est)?|inferior(?:ity)?|detrimental|unfavou?rabl[ey]|adverse(?:ly)?(?= (?:prognos|outcome|surviv|affect|impact|associated))|harmful|deleterious|dismal|(?:as|is) an? (?:[\w-]+ ){0,2}oncogen\w*|hyper-?(?:proliferative|invasive|metastatic)|(?:negative|adverse|unfavou?rable|poor) (?:independent )?(?:prognos|predict)\w+ (?:factor|marker|predictor|indicator)s?"
    rf"|{_GROW} (?:[\w-]+ ){{0,2}}(?:faster|more (?:rapidly|quickly|aggressively))|{_IS}(?:resistant|refractory|insensitive) to{_NOT_ILL}|adverse (?:predictors?|(?:prognostic )?factors?)|risk factors?(?= (?:for|of))|negatively (?:affect|impact|influenc)\w*|favou?r(?:s|ed|ing) (?:the )?(?:placebo|controls?|observation|standard|surgery alone)"
)
# No judgement of an effect: "poorly understood", "better predictive performance", "poor responders".
_NOT_OF_EFFECT = r"(?!-respon|(?: in)?(?: \w+)? (?:performance|coverage|prediction|detection|classification|stratification|resolution|clustering|characteri[sz]ation|reproducibility)|[ -](?:responders?|response (?:group|arm|cohort)s?)|[ -](?:understood|defined|characteri|known|studied|perform|metaboli|quality|prognostic|predictive|diagnostic|accuracy|discriminat|knowledge|understand|candidates?|mediastin|vena|mesenteric|lobe))"
_FREE = r"(?![\w]|[ -]free|[ -](?:receptors?|pathways?|genes?)\b|[ -]?suppressor|[ -](?:inhibit|suppress)(?:or|ing|ory|ive)|[ -]scores?|[ -]factors?|[ -]groups?|[ -]strat|[ -]predict|[ -]signature|[ -]models?|[ -]associated|-induced|-adjusted|-infiltrating|-bearing|-specific|-reactive|-derived| genes?| (?:concordance|C-ind|AUC|curves?|analys))"
# Nearly half of all words; none of the patterns begins with one, and each is passed over at once.
_PASSED_OVER = r"(?:the|of|and|in|an?|to|with|by|for|from|that|we|on|or|at|which|this|these|our|than|not|their|its|between|both|after|during)"
WORD = re.compile(
    rf"\b(?!{_PASSED_OVER}\b)(?:(?P<better>{_BETTER}){_NOT_OF_EFFECT}|(?P<worse>{_WORSE}){_NOT_OF_EFFECT}|(?<!-)(?P<link>{_LINK})"
    rf"|(?:(?P<bad>{_BAD})|(?P<good>{_GOOD})|(?P<live>{LIVE})|(?P<die>{DIE})){_FREE}|(?P<foe>{_TUMOUR_ALONE}|{SUPPRESSORS})|(?P<friend>{ATTACKERS})|(?<!-)(?<!- )(?:(?P<down>{_DOWN})|(?P<up>{_UP})))(?!\w)",
    re.IGNORECASE,
)
SIGN = {"better": 1, "worse": -1, "up": 1, "down": -1, "good": 1, "bad": -1, "link": 1}
CHANGES, THINGS, ABSOLUTE = ("up", "down", "link"), ("good", "bad"), ("better", "worse")
# Between a change and what it changes: a few words, and none that begins something else.
TO_OBJECT = re.compile(
    r"(?:[\s(\x22]{1,3}(?!(?:and|but|or|by|via|through|with|that|which|while|to|than|versus|vs|in(?! vi)|without|is|are|was|were|ha[sd]|have|carry\w*|bearing|harbou?ring|retain\w*|maintain\w*|remain\w*|became|led|affect\w*|influenc\w*|exhibit\w*|show\w*)\b)[\w'⁺+/-]{1,40}(?:\.\d[\w-]{0,9})?){0,6}?[\s,\x22/-]{1,3}(?:the |of |rates? of |levels? of )?"
)
BLANKS = re.compile(r"\s+")
# "More patients had a response": how many had what follows.
MORE_HAD = re.compile(
    r"(?: (?!(?:was|were|is|are|and|but|that|which)\b)[\w-]{1,30}){1,8}? (?:had|ha(?:s|ve)|reported|experienced|developed|achieved|showed|reached|attained)(?: [\w-]{1,20}){0,3}? "
)
# "Growth induced by TGF-β": which growth it is, and not that it was more.
BY_WHAT = re.compile(r" by (?!\w*\d|half|an? )")
# What a noun of change changes: "reduction of", "inhibition in".
OF_NOUN = re.compile(r"(?:,? \w+)? (?:of|in|on|to)\b|[-/]")
# "Reduced A and B growth": two things are changed, where no verb follows that changes the second.
BOTH = re.compile(
    r"(?: (?!and\b)[\w'⁺+/-]{1,40}){0,4}(?:, (?!and\b)[\w'⁺+/-]{1,40}(?: (?!and\b)[\w'⁺+/-]{1,40}){0,3}){0,4}(?:,? and|,? or|,? as well as)(?: (?!(?!acquired|advanced|combined)\w+ed\b)[\w'⁺+/-]{1,40}){0,4}[ -]"
)
ENDS = re.compile(
    r"\s*(?:$|[,.;]|(?:abilit|capacit|potential)\w+|(?:in|into|of|by|with|within|among|from|at|on|and|via|through|after|when|using|compared)\b)"
)
# What comes before is what is linked with what comes behind, and no effect.
LINKED = re.compile(
    r"(?<!and )(?<!, )(?<!which )\b(?:(?:was|were|is|are|be|been) (?:\w+ ){0,2})?(?:(?:associat|link|relat)\w+ (?:with|to)|correlat\w+ (?:with|to)|predict(?:s|ed|ive of|ors? of)|contribut(?:e[sd]?|ing) to|(?:play|ha[sd]|have)\w* (?:an? |the )?(?:[\w-]+ ){0,2}roles? in|l(?:ed|eads?) to|result(?:s|ed) in)",
    re.IGNORECASE,
)
# "Survival (of some) was also significantly longer", "OS reduced with": what changes comes first.
TO_CHANGE = re.compile(
    r"(?:\s(?:rates?|times?|durations?|length|levels?|probability|incidence|burden|abilit(?:y|ies)|potential|benefits?))?(?:\s{1,3}(?:of|for|in|with|among|to|from)\s(?:(?!(?:is|are|was|were|had|by|that|which)\b)[\w+/-]{1,40}\s?){1,6}?)?"
    r"\s{0,40}(?:(?:was|were|is|are|being|be|can|could|ha[sd] been|have been|appeared|became|remained|also|all|(?!numerical)\w{2,20}ly|significantly|markedly|substantially|strongly|notably|considerably|statistically|more|much|both)\s{1,3}){0,4}",
    re.IGNORECASE,
)
# "Survival of those with high levels in their tumours was longer": no verb stands between.
LONG_SUBJECT = re.compile(
    r"(?: rates?)?(?: (?:of|for|in|with|among)(?: (?!(?:is|are|was|were|had|has|by|that|which|who|and)\b)[\w/+≥≤<>.%-]{1,40}){1,22}?)(?:,? which)? (?:was|were|is|are) (?:(?!numerical)\w{2,20}ly ){0,2}(?:also |much |more )?"
)
# A link to a response is one to what is good; one to survival may go either way.
RESPONSE = re.compile(
    r"respons|immunity|pCR|remission|efficacy|anti-?tumou?r|(?:chemo|radio)?sensitiv", re.IGNORECASE
)
# What does something to a noun before it, and what that was: "decreased IL-6 induced growth".
INDUCED = re.compile(r"(?:induc|stimulat|trigger|evok|elicit|promot|enhanc)ed$", re.IGNORECASE)
# Behind a preposition it only says which: "against chemically induced tumours".
ATTRIBUTIVE = re.compile(
    r"\b(?:against|of|in|from|on|for|with|to)(?: \w+ly)? $",
)
MORE = re.compile(r"(?:greater|higher|lower|more|fewer|less|larger|smaller)", re.IGNORECASE)
RISKS = re.compile(r"risk factors?", re.IGNORECASE)
IS_ONE = re.compile(
    r"\b(?:is|are|was|were|as|be|being|been|identif\w+|includ\w+|remain\w*|represent\w*|prov\w+|emerged|constitut\w*)\b",
    re.IGNORECASE,
)
RESPONDERS = re.compile(r"\b(?P<non>non-?)?(?:responders?|survivors?)\b", re.IGNORECASE)
NOMINAL = re.compile(
    r"(?:ions?|ments?|arrest|delays?|increases?|decreases?|declines?|loss of|lack of|reversal)$",
    re.IGNORECASE,
)
# What a bare cell is when a preposition stands before it: no subject of the verb behind it.
BEHIND = re.compile(
    r"(?<!number )(?<!numbers )(?<!proportion )(?<!frequency )(?<!density )(?<!percentage )(?<!abundance )\b(?:in|of|from|with|for|on|by|to|than|within|among)(?: [\w+-]{1,30}){0,2} $"
)
VERBAL = re.compile(
    r"(?:ed|er|est|less|frequent(?:ly)?|common|rises|risen|rose|fell|falls|drops|creases|declines)$",
    re.IGNORECASE,
)
CLINICAL = re.compile(
    r"surviv|\bm?(?:OS|PFS|[DERC]FS|[CD]SS)\b|\bm?ORR|respon|remission|\bpCR|\bMPR|\bDCR|mortality|death|\bdied\b|recurren|relapse|prognos|outcome|efficac|benefit|(?<!cyto)toxic|adverse|\bAEs?\b|quality of life|(?:tumou?r|disease|local) control",
    re.IGNORECASE,
)
ADVERSE = re.compile(
    r"(?<!cyto)toxic(?:it|\b)|adverse (?!(?:\w+ )?(?:prognos|outcome|surviv))|irAE|TRAE|\bAEs?\b|side effect|complication|pneumonitis|colitis|myocarditis|safe(?:ty|ly)?\b|tolera|infections?\b",
    re.IGNORECASE,
)
# The rest of what one statement says, up to the next.
NEXT = re.compile(r"(?:(?! and | without | with (?:no|acceptable|manageable|tolerable)\b)[^,;])*")
# What denies, and what may stand between it and the effect that it denies.
_UP_TO_4 = r"(?:[\s-]+(?!(?:of|in|and|or|with|that|between|on|by|who|but|for{})\b)[\w-]{{1,40}}{}){{0,4}}?[\s-]+"
NO = re.compile(
    r"\b(?<!patients with )(?<!those with )(?:no|none|neither(?! [^.;]{0,80} reached)|(?<!in the )(?<!in )absence of)\b",
    re.IGNORECASE,
)
NOT = re.compile(
    r"\b(?:n't|not|never)\b(?! only| just| yet| been reached| reached| include| assessed| evaluated| performed| available| reported| known| fully| clear)",
    re.IGNORECASE,
)
AFTER_NO = re.compile(_UP_TO_4.format("|to|was|were|is|are|ha[sd]", ",?"), re.IGNORECASE)
AFTER_NOT = re.compile(_UP_TO_4.format("", ""), re.IGNORECASE)
OF_OUTCOME = re.compile(r"\s(?:in |for )?(?:the )?(?:median )?")
# Effects of either way, of which a denial says that there is none.
EITHER_WAY = re.compile(
    r"\b(?:differen\w+|differ\w*|[ae]ffect\w*|influenc\w*|impact\w*|alter\w*|chang\w+|associat(?:ions?|e[sd]?(?= (?:\w+ )?(?:with|to)\b))|correlat\w+|relat(?:ed|ions?|ionships?)\b|predict\w*|account\w*|values?|prognostic|(?<!no )(?<!no statistically )significan\w+|reach\w*(?= (?:statistical )?significance)|independent(?:ly)?|interact\w*|advantage|modif\w*|(?:hyper)?sensitiv\w*|evidence (?:of|that|for)|roles?|(?:safety|toxicity) (?:signals?|concerns?|issues?))\b",
    re.IGNORECASE,
)
NONE = re.compile(
    r"\b(?:no|none of)(?: [\w-]{1,30},?){1,12}? (?:was|were|is|are) (?:\w+ly )?(?:associated|identified as|predictive|prognostic|correlated|related|significant)\b|\bno patients? \w+ (?:\w+ ){0,3}respon|\bnone (?:of (?:\w+ ){1,4})?(?:achieved|responded|showed)\b|\b(?:few,? if any|unrelated to|non-?significan\w+|insignifican\w+|unchanged|un(?:affected|altered|disturbed|impaired)|non-?inferior\w*|not inferior|(?<!who )(?<!that )(?<!which )(?<!patients )fail(?:ed|s|ing)? to(?! (?:form|develop|establish))|indistinguishable|no longer(?! than))\b"
    r"|\b(?:limited|little|minimal|negligible) (?:clinical |survival |overall |added |additional |anti-?tumou?r )?(?:benefits?|effects?|efficacy|activity|responses?|impact|improvement)\b",
    re.IGNORECASE,
)
# Said of an outcome, these are no difference; of an age they are nothing.
ALIKE = re.compile(
    r"(?<!, )(?<!any )(?<!manner )(?<!way )(?<!achieve a )(?<!than or )\b(?!\Asimilar to)(?:comparable|similar|equivalent|equal|identical|(?<!not )as effective as)\b(?! (?:effects?|benefits?|advantages?|improvements?) (?:was|were) (?:also )?(?:found|seen|observed|noted|obtained)| (?:trend|results|findings|patterns?|concentrations?|doses?|(?:\w+ )?pathways?|mechanisms?|changes|relationship|manner|phenomen\w+|effects? (?:as|to))\b| to (?:the )?(?:previous|prior|published|historical)| to that (?:seen|observed|found)| (?:\w+ )?(?:age|sex|baseline)| (?:\S+ ){0,2}(?:manner|magnitude|inhibition|suppression|reductions?|increases?|decreases?|improvements?|induction|enhancement)\b)|\bneither\b(?! [^.;]{0,80} reached)|\b(?:un|not )able to\b|\bincapable of\b",
    re.IGNORECASE,
)
DENIED = re.compile(
    r"\b(?:(?<!with or )without|not(?! only)|no|nor|neither|never|rather than|(?<!in the )absence of)\s(?:[\w-]{1,40}\s){0,2}$",
    re.IGNORECASE,
)
HEDGED = re.compile(
    r"\b(?:may|might|could(?! be \w+ed\b)|would|will|should|potentially|(?<!ic )(?<!ive )(?<!ory )(?<!ant )potential (?:to|for|of|in|as|benefits?|therap\w+|strateg\w+|approach\w*|treatments?|targets?)|possibl[ey]|perhaps|presumably|unlikely to|(?<!more )(?<!less )likely|appear(?:s|ed)? to|seem(?:s|ed)? to|trend(?:s|ed|ing)?|tend(?:s|ed|ency)?|numerical(?:ly)?|hypothesi[sz]\w+|expected to|borderline|means (?:to|of)|leverag\w+ to|pav(?:es?|ed|ing) the way|(?:essential|crucial|critical|important|necessary|needed|required) for|motivated to|seek\w* to|need(?:s|ed)? (?:for|to)|insights? into|opportunit\w+ (?:to|for)|avenues?|propos\w+|(?:essential|necessary|required|important|crucial|imperative|critical|vital|key|pivotal) to|(?<!is )(?<!are )(?<!was )known to|approach(?:es)? (?:to|for))\b(?:(?!, (?:and|which|thereby|leading|resulting) )[^.;]){0,90}$|\b(?:may|might)\b(?:(?!, (?:and|which|thereby|leading|resulting) )[^.;]){0,160}$|\bsuch as (?:[\w-]+ ){0,4}$",
    re.IGNORECASE,
)
# A hedge within one: "efficacy may be impaired".
MAY_BE = re.compile(r"\b(?:may|might) (?:also )?be\b", re.IGNORECASE)
# A hedge right behind a statement.
THEN_MAY = re.compile(r"(?:(?! and | but | suggest| indicat)[^,;]){0,70}?\b(?:may|might)\b")
PLANNED = re.compile(
    r"\b(?:(?:for|into|understand\w*) how|(?:underscor|highlight|emphasi[sz]|indicat)\w* the (?:urgent )?(?:need|importance)|need for|(?<!or )\Awhether|\Aif|aim(?:s|ed)? (?:to|at|of)|(?:determin|investigat|assess|test|evaluat|examin|explor|unclear|unknown|ask|know)\w* whether|(?:sought|designed|intended|attempt\w*|needed) to|objective (?:was|is|of)|purpose|to (?:evaluat|assess|investigat|determin|explor|examin|compar|test|identif|elucidat|clarif)\w+|we (?:evaluat|assess|investigat|explor|examin|compar|test)\w+(?! (?:that|and found))|hypothesi[sz]\w+"
    r"|remain(?:s|ed)? (?:\w+ )?(?:unclear|unknown|elusive|controversial|to be|undefined|uncertain|poorly|limited)|(?:is|are) (?:\w+ )?(?:needed|warranted|unclear|unknown|(?:not|to be) (?:fully )?(?:known|determined))|(?:stud(?:y|ies)|trials?|research|data|work|investigations?|validation|evaluation|efforts|strategies|therapies)[^.;,]{0,40} (?:is|are) (?:\w+ )?required|strateg(?:y|ies) (?:to|for)|rationale|^\W*(?:elucidat|understand|identify|unravel|decipher|clarify|characteri[sz])ing|(?:not|poorly|incompletely) (?:\w+ )?(?:understood|known|established|elucidated)|foundation for|(?:development|design) of (?:[\w-]+ ){1,4}?(?:[^.;,]{0,40} )?to (?:prevent|overcome|treat|reduce|improve|enhance|restore)|this (?:article|review|paper|chapter) (?:\w+ly )?(?:\w+s|will))\b",
    re.IGNORECASE,
)
# What few have: no statement of what there is.
RARELY = re.compile(
    r"\b(?:only (?:in )?(?:an? )?|(?:confined|limited|restricted) to (?:an? )?)(?:\w+ )?(?:minority|subset|subgroup|fraction|proportion)\b|\bnot all\b",
    re.IGNORECASE,
)
CUT = re.compile(
    r";\s(?!(?:9\d ?%|C\.?I|P\b|HR|OR\b|RR\b|hazard|odds))|,?\s(?:but|whereas|while|whilst|although|though|however|yet|albeit)\s|(?<!\bvs)\.\s|,\s(?:with|and)\s(?=no\b)|,?\s(?=despite\b)|,?\sand\s(?=(?:there (?:was|were)|show\w+|exhibit\w+|had|caused?) no\b)|,?\swith\s(?=(?:an? )?(?:\w+ )?(?:comparable|similar|acceptable|manageable|tolerable|no|low)\b[^,;]{0,40}(?:safety|toxic|tolera|adverse))|,?\sand\s(?=(?:suggest|provid|offer)\w*\s(?:\w+\s){0,3}rationale)|,?\sand\s(?=(?:its |their )?(?:(?:ectopic |forced )?(?:over-?)?expression|silencing|knock-?(?:down|out)|depletion|deletion|inhibition|loss|restoration) of\b)|:\s(?![\d<>=])|,\s(?:thus\s|thereby\s|hence\s)?(?=(?:show|reveal|demonstrat|suggest|provid|validat|support|indicat|highlight|underscor|underlin|warrant|offer|establish|confirm)ing\b)",
    re.IGNORECASE,
)
# Where a clause that begins a sentence with although or whereas ends, and its main clause begins.
MAIN = re.compile(
    r",\s(?=(?:the|a|an|this|these|those|it|they|we|there|our|no|both|all|its|their|only|in)\b|(?:[\w/+-]{1,30} ){1,5}?(?:was|were|had|has|is|are|did|does|could|can|\w{2,20}ly|\w{2,20}ed)\b)",
    re.IGNORECASE,
)
AND_DID = re.compile(
    r",?\sand\s(?=(?:\w+ly )?(?:improv|prolong|increas|reduc|enhanc|decreas|delay|inhibit|suppress)\w*ed\b)|,\sand\s(?=(?:improvements?|reductions?|increases?) in\b)|,?\sand\s(?=(?:display|show|exhibit)\w*\s(?:increas|reduc|enhanc|decreas|impair)\w*ed\b)"
    r"|,\s(?=(?:thereby |thus )?(?:promot|lead|result|caus|allow|increas|reduc|enhanc|driv)ing\b)",
    re.IGNORECASE,
)
ASIDE = re.compile(
    r"^\W*(?:(?-i:[A-Z]{5,}(?: AND [A-Z]+)*)\W+)?(?:although|though|despite|while|whilst|whereas|even though)\b",
    re.IGNORECASE,
)
DECIMAL = re.compile(r"\d*\.?\d+")
# No two words of one statement are farther apart, in characters.
FARTHEST = 160
# What has neither a p value nor an interval need not be read for figures.
TESTED = re.compile(r"\bp\b|p[ -]?value|\bC\.?I\b|CrI|interval", re.IGNORECASE)
RATIOS = ("HR", "OR", "RR")
# What is said in brackets, and what is always so.
MASKED = re.compile(
    r"(?<!increase )(?<!decrease )(?<!reduction )(?<!improvement )(?<!improvements )(?<!difference )(?<!changes )\bin response to\b|\s?,\s(?:however|therefore|moreover|in turn|in contrast)\s?,|\([^()]{0,400}\)|\[[^\[\]]{0,400}\]"
    r"|,\s(?:monitored|measured|assessed|determined|characteri[sz]ed|defined|including|such as|especially|particularly)\b[^,;]{1,90},(?=\s(?:was|were|is|are|had|has|can|\w{2,20}ed|\w{2,20}ly)\b)|\bpredict\w* (?:[\w-]+ ){1,4}better than\b[^,;.]*|\bcharacteri[sz]ed by (?:an? )?(?:\w+ )?prognos[ie]s|,? which (?:is|are|has been) (?:generally|usually|often|typically|commonly|known)\b[^,;]{0,200},"
)
# What a question may be about, and what a sentence on it has; the first that fits is looked for.
# An end point by its name is nothing else: what another did does not tell of it.
_END_POINTS = {
    r"\boverall survival\b|\bOS\b": r"\boverall survival\b|\b(?:m|rw)?OS\b|\bmortality\b|\bdeaths?\b|median survival|year survival|\blive[ds]? longer",
    r"progression[- ]free|\bPFS\b|time to (?:\w+ )?progression": r"progression[- ]free|\b\w{0,2}PFS\b|time to (?:\w+ )?progression|\bTTP\b",
    r"(?:disease|event|recurrence|relapse)[- ]free|\b[DER]FS\b": r"(?:disease|event|recurrence|relapse)[- ]free|\b\w?[DER]FS\b|relapse|recurrence",
    r"patient-reported|quality of life|\bQoL\b|\bPROs?\b": r"patient-reported|quality of life|health status|\b(?:HR)?QoL\b|\bPROs?\b",
}
_OUTCOMES = {
    r"surviv|\blive longer|mortality|\bdeaths?\b|\bdie\b|prognos": r"surviv|prognos|\b(?:m|rw)?(?:OS|PFS|DFS|EFS|RFS|CSS|DSS)\b|mortality|\bdeaths?\b|\bdie[ds]?\b|\balive\b",
    r"recurrences?\b|relaps(?:es?|ing)\b": r"recurren|relapse",
    r"(?<!cyto)toxic|adverse|\bsafe|\birAE|side effect|tolerab|complication": r"(?<!cyto)toxic|adverse|safe|irAE|TRAE|\bAEs?\b|tolera|complication|side effect",
    r"respon[sd]|\bORR\b|remission|\bpCR\b": r"respon[sd]|\bc?ORR\b|remission|\bp?CR\b|\bMPR\b|\bDCR\b",
    r"efficac|effective|\bwork\b|\bbenefit|\bhelp": r"efficac|effective|benefit|respon[sd]|surviv|\bm?(?:OS|PFS|[DERC]FS|ORR)\b|regress|control|activity",
}
# What may be said of every end point at once.
_IN_GENERAL = r"outcomes?|prognos|benefit|superior|inferior"
# A trial that missed its end point says so of any outcome.
_MISSED = r"(?:not|fail\w* to) (?:\w+ )?(?:meet|met|reach|achiev)\w*[^.;]{0,30} end ?points?|end ?points? (?:was|were) not "
OUTCOME_PATTERNS = [
    (re.compile(question, re.IGNORECASE), re.compile(f"{reported}|{_MISSED}", re.IGNORECASE))
    for question, reported in {**_END_POINTS, **_OUTCOMES}.items()
]
# For each end point that is asked for by name, what else speaks of it.
END_POINTS = {
    reported: re.compile(_IN_GENERAL, re.IGNORECASE)
    for _, reported in OUTCOME_PATTERNS[: len(_END_POINTS) + 1]
}
MISSED = re.compile(_MISSED, re.IGNORECASE)
# Clauses with a subject of their own: "A improved it, whereas B did not".
APART = re.compile(r"\W*(?:whereas|while|whilst|and (?:\w+ ){1,3}of)\b", re.IGNORECASE)
# What a bare cell or tumour may stand behind: its change, and how many there are.
BARE = re.compile(
    r"(?: (?!(?:on|from|for|within|among|into|at|after|during|under|to|of|in|by|and|or|that|which|with|via|through|than|versus|vs|like)\b)[\w'⁺+/-]{1,40}){0,3}[ -]"
)
BARE_OF = re.compile(
    r"(?: the)?(?: [\w-]{1,20})?(?: (?:numbers?|proportions?|percentages?|frequenc\w+|densit\w+|abundance|infiltration|levels?|accumulation))? (?:of|in)(?: (?!(?:in|of)\b)[\w'⁺+/-]{1,40}){0,3} "
)
# What is named last is what has no effect: "associated with age, but not with stage".
BUT_NOT = re.compile(
    r"\W*(?:but|though|and) not\b(?! (?:in|at|under|for|when|among|after)\b)", re.IGNORECASE
)
# What was done, and to whom.
METHODS = re.compile(
    r"\bincluded patients\b|\bpatients? (?:\w+ )?(?:received|underwent)\b|\b(?:were|was) (?:\w+ly )?(?:enrolled|randomi[sz]ed|randomly|assigned|collected|stratified|followed|recruited|performed|conducted|included|used|obtained|calculated|divided)\b"
    r"|\bwe (?:\w+ly )?(?:conducted|performed|used|collected|enrolled|included|reviewed|recruited|analy[sz]ed|applied|employed)\b|\b(?:was|were) to receive\b|\b(?:study|trial) enrolled\b",
    re.IGNORECASE,
)
# What others found, whom it cites or names, or was known before; and what a record says it found itself.
KNOWN = re.compile(
    r"\b(?:ha(?:s|ve) (?:\w+ )?(?:been (?:\w+ )?(?:shown|reported|demonstrated|associated|implicated|approved|proposed)|shown|demonstrated|emerged|revolutioni[sz]ed|transformed|become)"
    r"|(?:previous|prior|earlier|recent|other|several|many|few) (?:studies|work|reports|trials|data)|(?:accumulating|growing|increasing|emerging|mounting) (?:body of )?evidence"
    r"|(?:is|are) (?:\w+ )?(?:known|thought|believed|considered) to|et al|remains? (?:an? )?(?:\w+ )?(?:challeng\w+|problem|obstacle|unmet need|hurdle)|little is known)\b|\[\d{1,3}(?:\s?[,;–-]\s?\d{1,3}){0,9}\]",
    re.IGNORECASE,
)
OWN = re.compile(
    r"\b(?:we|our|here|this (?:\w+ )?(?:study|trial|analysis|work|cohort|meta-analysis)|these (?:results|findings|data)|(?:the )?present study)\b",
    re.IGNORECASE,
)
