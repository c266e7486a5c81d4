"""Frequent words that tell languages apart: those of English, and of languages that are not understood."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["COUSINS", "ENGLISH_WORDS", "STRANGE_WORDS"]

ENGLISH_WORDS = frozenset(
    (
        "minutes meeting ridicules ha ho a about above after again all almost alone also always am an and another any "
        "anybody anyone anything are as at away back bad be because been before behind being better big both but by "
        "came can cannot come could day did do does doing done down each enough even ever every everybody everyone "
        "everything eyes face feel feeling feels few first for from full further get gets getting give go goes going "
        "good got great had half has have having he heart her here hers him himself his home how i if in into is it "
        "its just keep knows last less let life like little long look looking looks lot make makes man many may me "
        "might mine more most much must my never new next no nobody nor not nothing now of off oh old on once one "
        "only onto or other our ours out over own people person please pretty quite rather really right said say "
        "saying says see seems shall she should since so some somebody someone something soon sound sounds speak "
        "speaking speaks still stop such take talk talking talks tell tells than thank that the their theirs them "
        "then there these they thing think this those though through time to today tone too toward towards under "
        "until up us very voice want wants was way we well were what when where which while who whole whom whose why "
        "will with without woman word words work would yes yet you your yours don't can't won't isn't didn't i'm i've "
        "it's he's she's that's what's we're you're wow together eyebrow eyebrows brow brows lip lips mouth nose jaw "
        "cheek cheeks teeth eyelids chin raised lowered drawn pressed open wide closed number lesson morning evening "
        "tomorrow yesterday year years week hour minute door window car train bus street book school job money water "
        "food dog cat baby child children wife husband king queen doctor teacher team game party war death love hate "
        "laughing crying smiling shouting yelling screaming whispering trembling shaking holding running walking "
        "waiting sitting standing reading writing playing losing winning leaving finding hearing seeing telling "
        "asking won lost found left died broke stole hurt gone went took gave made told heard saw thought knew wished "
        "loved hated happy angry sad calm mood emotion expression speech story joke smile tears hands head blood "
        "smell dark light cold hot black white red blue green small large young tall short early late four five six "
        "seven eight nine ten hundred thousand million english two three man's boy girl father mother sister brother "
        "friend news world house night"
    ).split()
)
"""Frequent words of English, not only those of grammar: a short sentence may have no other."""

STRANGE_WORDS: Mapping[str, str] = {
    "Dutch": "het een ik niet van zij hij wij jij heel erg zeer ben zijn maar voor naar dat deze wordt mijn",
    "Portuguese": "não uma você ele ela eles muito com está são meu minha isso estou mas também um os",
    "Swedish": "och är jag inte han hon mycket för det ett på att som med den väldigt blir var",
    "Danish": "og jeg ikke hun meget det et på som med den af er til bliver",
    "Polish": "jest nie się bardzo ona jestem że przez od dla który jego moja ale są",
    "Czech": "je není se velmi ona jsem že pro který jeho ale jsou velice byl",
    "Turkish": "bir çok ve bu değil ben için ama gibi daha olarak kadar öyle mutlu",
    "Indonesian": "yang dan tidak saya dia sangat dengan ini itu untuk sekali adalah sedang",
    "Finnish": "on ei hän minä olen ja hyvin että mutta erittäin ovat oli niin",
    "Hungarian": "nem egy nagyon vagyok és hogy ez az van de ő volt",
    "Vietnamese": "tôi không là rất và của một cô anh ấy đang",
    "Romanian": "nu este foarte și sunt el ea cu pe dar în mult",
    "Latin": "ipsum dolor sit amet et est non lorem elit sed",
}
"""Language -> some of its frequent words, so that nothing is guessed from a sentence in it."""

COUSINS = frozenset(
    (
        "rage menace solitude hostile irritation frustration surprise horror terror shock sarcasm normal neutral snob "
        "total absolut extrem arrogant euphoric ignoble immense profound grand fort gai serein panic wow nausea "
        "aversion repulsion superior timide morose vite pale angst arrogance insolent impatient indignant "
        "condescendant nostalgia furore confusion depression tension doppelganger enthusiast serious series normally "
        "absolutely monotone hass scandal concert radiant excellent vomit ha"
    ).split()
)
"""Words for feelings elsewhere that are English words too, and so tell nothing."""
