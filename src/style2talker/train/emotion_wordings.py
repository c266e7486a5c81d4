"""What people say about each emotion: words, verbs, idioms and muscles for the grammar of training sentences.

Hand-written for Style2Talker.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["ADJECTIVES", "IDIOMS", "MUSCLES", "VERBS"]

ADJECTIVES: Mapping[str, Mapping[str, float]] = {
    "angry": {
        "fuming": 1.2, "incensed": 1.2, "peeved": 0.6, "vexed": 0.6, "ticked off": 0.75, "pissed off": 1.05,
        "displeased": 0.6, "impatient": 0.55, "bad-tempered": 0.75, "agitated": 0.7, "irascible": 0.9,
        "vengeful": 1.0, "aggrieved": 0.75, "hateful": 1.1, "threatening": 0.95, "furiously shouting": 1.3,
        "scolding": 0.95, "accusing": 0.8, "stern and angry": 0.9, "hot-headed": 1.0, "yelling": 1.2, "sulky": 0.5,
        "offended": 0.75, "provoked": 0.8, "in a temper": 1.0, "in a bad mood": 0.6, "at war with everyone": 0.95,
        "grouchy": 0.6,
    },
    "contempt": {
        "sniffy": 0.8, "supercilious": 1.0, "self-satisfied": 0.75, "belittling": 0.95, "withering": 0.95,
        "disrespectful": 0.9, "conceited": 0.85, "pompous": 0.8, "scoffing": 0.95, "jeering": 0.95, "taunting": 0.9,
        "ironic": 0.6, "snide": 0.9, "aloof and scornful": 0.95, "self-important": 0.8, "stuck-up": 0.85,
        "lofty and cold": 0.8, "unimpressed": 0.65, "sardonic": 0.85, "ridiculing": 0.95, "high and mighty": 0.9,
        "holier than thou": 0.9, "disparaging": 0.9, "insolent": 0.8, "gloating": 0.85, "pitying and proud": 0.75,
    },
    "disgusted": {
        "repelled by it": 1.0, "turned off": 0.75, "creeped out": 0.8, "squeamish": 0.75, "sick to the core": 1.0,
        "abhorrent": 1.0, "disgustedly gagging": 1.15, "retching": 1.15, "gagging": 1.1, "full of abhorrence": 1.1,
        "full of distaste": 0.75, "displeased by the taste": 0.7, "about to vomit": 1.1, "offended by the odour": 0.9,
        "sickened by the taste": 1.0, "put off by the slime": 0.85, "icky": 0.85, "turned away in disgust": 1.05,
    },
    "fear": {
        "frightful": 0.95, "panic-stricken": 1.25, "spooked": 0.9, "jumpy": 0.65, "jittery": 0.65, "paranoid": 0.8,
        "hysterical with fear": 1.3, "intimidated": 0.75, "threatened": 0.85, "insecure": 0.55, "shaking": 0.85,
        "trembling": 0.9, "cowering": 1.05, "shy and afraid": 0.7, "restless and worried": 0.7, "phobic": 0.9,
        "concerned": 0.55, "stressed and anxious": 0.7, "overwhelmed with fear": 1.25, "unnerved": 0.8,
        "timorous": 0.7, "helpless and afraid": 1.0, "cautious and frightened": 0.85, "paralysed with fear": 1.2,
        "distressed": 0.85,
    },
    "happy": {
        "blissful": 1.05, "radiant": 1.0, "upbeat": 0.8, "sunny": 0.8, "playful": 0.75, "gleeful": 1.05,
        "jubilant": 1.25, "exhilarated": 1.2, "light-hearted": 0.75, "good-humoured": 0.75, "in high spirits": 1.0,
        "exuberant": 1.2, "carefree": 0.7, "optimistic": 0.6, "warm-hearted": 0.7, "enthusiastic": 0.95,
        "triumphant": 1.0, "in love": 0.9, "relieved": 0.6, "tickled": 0.8, "giggling": 1.05, "chuckling": 0.95,
        "welcoming": 0.7, "enjoying herself": 0.9, "in a great mood": 0.95, "affectionate": 0.65,
        "at ease and smiling": 0.65,
    },
    "neutral": {
        "unemotional": 0.0, "detached": 0.0, "deadpan": 0.0, "blank": 0.0, "poker-faced": 0.0, "business-like": 0.0,
        "factual": 0.0, "objective": 0.0, "quiet": 0.0, "still": 0.0, "attentive": 0.0, "level-headed": 0.0,
        "ordinary": 0.0, "casual": 0.0, "at rest": 0.0, "unaffected": 0.0, "collected": 0.0, "monotone": 0.0,
        "apathetic": 0.0, "formal": 0.0, "steady": 0.0, "balanced": 0.0, "patient": 0.0, "sober": 0.0,
    },
    "sad": {
        "sobbing": 1.25, "weeping": 1.25, "inconsolable": 1.3, "crestfallen": 0.95, "despondent": 1.05,
        "forlorn": 1.0, "sombre": 0.75, "woeful": 1.0, "wretched": 1.1, "glum": 0.8, "low-spirited": 0.8,
        "mourning": 1.1, "discouraged": 0.75, "homesick": 0.8, "regretful": 0.75, "broken": 1.05, "sorry": 0.65,
        "pitiful": 0.85, "abandoned": 0.9, "nostalgic": 0.55, "tragic": 1.0, "let down": 0.75,
        "guilty and ashamed": 0.8, "suffering": 1.0, "in pain": 0.95, "moping": 0.8, "bereaved": 1.15,
        "whimpering": 1.1,
    },
    "surprised": {
        "thunderstruck": 1.2, "gobsmacked": 1.2, "awed": 0.95, "wide-eyed": 1.0, "open-mouthed": 1.1,
        "astonishedly staring": 1.1, "nonplussed": 0.8, "perplexed": 0.75, "puzzled": 0.6, "confused": 0.6,
        "wonderstruck": 1.05, "stupefied": 1.1, "disbelieving": 0.9, "incredulous": 0.95, "struck by wonder": 1.0,
        "blown away": 1.15, "curious and amazed": 0.85, "unprepared for it": 0.85, "gasping": 1.1,
    },
}  # fmt: skip
"""Label -> adjectives and their intensity, beside the plain words of the lexicon."""

VERBS: Mapping[str, tuple[str, ...]] = {
    "angry": (
        "hates them", "shouts", "yells at her son", "rages", "curses", "swears at the driver", "fumes",
        "explodes with fury", "attacks with words", "accuses", "threatens", "complains loudly", "protests", "argues",
        "quarrels", "insults him", "barks orders", "scolds the child", "resents the decision", "snarls", "storms out",
        "demands an apology", "loses control", "growls", "rants", "glares", "is bitter about it", "lashes out",
        "nags", "grumbles", "will not forgive", "wants to hit somebody", "is sick and tired of it",
    ),
    "contempt": (
        "despises them", "scorns", "mocks", "ridicules", "belittles", "jeers", "scoffs", "smirks", "patronises",
        "sneers at the crowd", "looks down on the poor", "disdains", "ignores them proudly", "gloats", "brags",
        "disrespects", "dismisses it with a wave", "humiliates a rival", "taunts", "snubs a guest",
        "thinks little of him", "deems them worthless", "feels superior", "laughs scornfully", "judges",
        "condemns with a smile", "shrugs them off", "shows off", "lectures the fools",
    ),
    "disgusted": (
        "gags", "retches", "vomits", "loathes the taste", "detests the smell", "shrinks from the dirt",
        "feels nausea", "abhors it", "spits it out", "winces at the smell", "feels repelled", "is put off",
        "grimaces at the taste", "sickens at the thought", "pukes", "recoils from the slime", "cringes",
        "refuses the rotten food", "turns away from the filth", "finds it repulsive", "finds it repugnant",
        "finds it nasty", "holds his breath at the stink",
    ),
    "fear": (
        "fears", "dreads the night", "panics", "trembles", "shudders", "quakes", "flees", "screams", "worries",
        "fidgets nervously", "hesitates fearfully", "begs for mercy", "hides", "freezes", "shivers", "cowers",
        "stutters", "whispers fearfully", "is haunted", "is threatened", "hyperventilates", "cries for help",
        "escapes", "feels danger", "feels unsafe", "feels helpless", "panting with fright", "shakes all over",
        "warns of danger", "is worried for the kids", "is afraid to lose", "is nervous about the interview",
    ),
    "happy": (
        "smiles", "laughs", "rejoices", "celebrates", "cheers", "giggles", "grins", "beams", "enjoys it", "loves it",
        "adores the baby", "jokes", "sings", "dances", "congratulates the winner", "chuckles", "is thankful",
        "is in a good mood", "is full of energy", "is excited to start", "has fun", "welcomes the guests",
        "praises the team", "flirts", "shares good news", "feels wonderful", "feels great", "feels lucky",
        "feels good", "hugs a friend", "is lucky", "is charming", "tells a happy story", "radiates warmth",
    ),
    "sad": (
        "cries", "weeps", "sobs", "mourns", "grieves", "sighs", "laments", "regrets it", "misses her", "suffers",
        "despairs", "whimpers", "wails", "gives up hope", "breaks down", "is hurt", "is rejected", "feels lost",
        "feels lonely", "feels worthless", "feels blue", "feels guilty", "feels low", "longs for her",
        "pines for home", "remembers with sorrow", "apologises in tears", "is near tears", "is defeated", "is bereft",
        "loses heart", "says farewell for ever", "has nobody left",
    ),
    "surprised": (
        "gasps", "gapes", "marvels", "wonders", "is startled", "is shocked", "stares in wonder", "jumps up",
        "exclaims", "is astonished to hear it", "discovers something unexpected", "learns a stunning secret",
        "hears unexpected news", "cries out in surprise", "cannot believe it", "can hardly believe it",
        "is amazed by the trick", "flinches", "blinks", "is impressed beyond words", "raises both eyebrows",
        "is overwhelmed by surprise", "asks in disbelief", "finds it unbelievable", "finds it astonishing",
    ),
}  # fmt: skip
"""Label -> what somebody does who feels so."""

IDIOMS: Mapping[str, tuple[str, ...]] = {
    "angry": (
        "sees red", "seethes", "is seething with anger", "has steam coming out of the ears", "hits the roof",
        "flies off the handle", "blows a fuse",
        "is ready to explode", "wants revenge", "glares at everyone", "clenches the jaw in anger",
        "shouts at the top of the lungs", "slams the door", "is at the end of the rope", "has a short fuse",
        "is up in arms", "has a bone to pick with somebody", "is spitting mad", "cannot stand it any longer",
        "growls through clenched teeth", "throws a tantrum", "raises a fist", "stop it right now!", "how dare you!",
        "leave me alone!", "this is an outrage", "I hate you", "get out of my house!", "is hopping mad",
        "is red with rage", "goes through the roof", "is beside himself with rage", "has a face like thunder",
        "is up to here with it", "blood is boiling", "gives them an earful", "reads them the riot act",
        "bites somebody's head off", "is on the warpath", "tears into him", "vents his spleen", "cracks under anger",
        "enough is enough!", "you will pay for this!", "shut up!", "don't you ever do that again",
        "that's it, I'm done with you", "this makes me so mad", "who do you think you are!", "an angry argument",
        "a heated quarrel", "an aggressive tone", "foaming at the mouth", "gnashing his teeth",
        "wants to punch the wall", "a threatening voice", "harsh words",
    ),
    "contempt": (
        "turns up the nose at them", "looks down the nose at others", "thinks they are beneath him", "rolls the eyes",
        "thinks the others are fools",
        "gives a crooked smile of superiority", "laughs at the losers", "talks down to people",
        "considers himself above everyone", "makes fun of the beginner", "has nothing but scorn for them",
        "treats them like dirt", "regards the others as inferior", "looks at them like insects",
        "sniffs at the cheap offer", "is too good for this place", "pities the fool", "curls the lip in scorn",
        "puts others down", "gives them the cold shoulder", "you are not worth my time",
        "is that the best you can do?", "what a loser", "how pathetic you are", "I expected nothing better from you",
        "holds them in low regard", "a mocking smile", "a superior smile", "with a sneer", "with a sarcastic laugh",
        "an arrogant look", "thinks the world of himself", "is full of himself", "looks at them with pity and scorn",
        "a proud, cold look", "talks as if they were children", "could not care less about such people",
        "they are a joke", "amateurs!", "you wouldn't understand", "oh please, spare me", "how quaint",
        "a disrespectful laugh", "you are nothing to me", "is above such things", "shows no respect",
        "a haughty queen", "with irony and scorn", "holds his head high and looks away", "an unworthy opponent",
        "with cold superiority", "sarcastic applause", "a cynical laugh",
    ),
    "disgusted": (
        "turns green", "wants to spit it out", "holds the nose", "has a bad taste in the mouth", "cannot stomach it",
        "is about to be sick", "pulls a face at the smell", "finds it vile", "shudders at the slimy thing",
        "sticks out the tongue in disgust", "cannot swallow it", "backs away from the garbage",
        "feels ill at the sight of it", "finds the food inedible", "ew, that is nasty", "this stinks",
        "take that foul thing away", "how revolting", "it tastes awful", "what a horrible smell",
        "that makes me sick", "makes a disgusted face", "is green around the gills", "finds it stomach-churning",
        "ugh!", "eww, gross!", "that's repulsive", "I think I'm going to be sick", "it smells like a dead rat",
        "the smell of rotten eggs", "a foul stench", "a nasty taste", "a disgusting meal", "filthy and vile",
        "dirty and disgusting", "is allergic to such filth", "would rather not touch it", "pulls back from the plate",
        "covers the mouth and nose", "bitter medicine", "a sour face", "can't stand the smell",
        "feels his stomach turn", "hates the sight of blood", "get it away from me, it's slimy", "a revolting mess",
    ),
    "fear": (
        "shakes like a leaf", "breaks out in a cold sweat", "has butterflies in the stomach", "is frozen with fear",
        "has cold feet", "fears for his life", "screams for help", "wants to run away", "looks over the shoulder",
        "bites the nails", "cannot sleep for worry", "turns pale", "has goose bumps", "hides under the bed",
        "backs into a corner", "jumps at every sound", "hears footsteps in the dark", "expects the worst",
        "swallows hard and stammers", "please don't hurt me", "help me!", "there is something in the dark",
        "we are all going to die", "is in fear of what might happen", "is scared stiff",
        "is frightened out of her wits", "is white as a sheet", "heart is pounding", "heart skips a beat",
        "knees are shaking", "has a panic attack", "is in mortal danger", "is a bundle of nerves",
        "is on pins and needles", "hair stands on end", "blood runs cold", "stage fright", "a cry for help",
        "a nightmare", "a horror film", "run!", "watch out!", "oh no, it's coming!", "don't leave me alone here",
        "is anyone there?", "what if something goes wrong?", "with a trembling voice", "in a state of alarm",
        "is worried about the future", "in danger of death", "nervous laughter", "holds her breath in fear",
        "is too frightened to speak", "the fear of death",
    ),
    "happy": (
        "is on cloud nine", "is over the moon", "has the time of her life", "walks on air", "jumps for joy",
        "is full of the joys of spring", "smiles broadly",
        "bursts out laughing", "cannot stop smiling", "is in seventh heaven", "laughs out loud",
        "has a twinkle in the eye", "hums a merry tune", "celebrates with friends", "dances with delight",
        "welcomes everybody with a smile", "is glad to be here", "enjoys every minute", "what a wonderful day!",
        "I love it!", "hooray, we made it!", "this is the best day of my life", "so good to see you!",
        "counts his blessings", "is as happy as a lark", "shines with joy", "looks forward to the holidays",
        "is all smiles", "is tickled pink", "is on top of the world", "is as pleased as punch",
        "has a spring in the step", "is bursting with joy", "is full of beans", "feels like a million dollars",
        "is smiling like the sun", "happy birthday!", "congratulations!", "great news!", "that is so funny",
        "I'm so proud of you", "what a lovely surprise party", "ha ha ha", "yay!",
        "thank you so much, this is wonderful", "nice to meet you!", "a big smile", "a hearty laugh",
        "a cheerful voice", "good mood", "pure bliss", "a happy ending", "with sparkling eyes", "life is beautiful",
        "feels on fire with enthusiasm", "a smile spreads across the face", "warm and kind", "full of love",
        "a gentle smile",
    ),
    "neutral": (
        "keeps a straight face", "states the facts", "explains how it works", "reads out the numbers",
        "gives a lecture", "answers the question", "talks as usual", "has no particular mood", "just talks",
        "tells it as it is", "has a blank look", "presents the weather", "gives instructions",
        "speaks in a level voice", "shows nothing in the face", "listens quietly", "makes an announcement",
        "introduces himself", "a normal conversation", "an interview about work", "in a calm and steady voice",
        "with a resting face", "no emotion", "nothing special", "default expression", "the face at rest", "as usual",
        "speaks clearly", "speaks at a normal pace", "with a plain face", "a professional tone", "a normal voice",
        "a neutral tone", "no expression", "no special feeling", "just speaking", "just reading the text",
        "reads aloud", "narrates the story", "dictates a letter", "gives directions", "describes the house",
        "reports from parliament", "with an ordinary look", "speaks in plain words", "is quiet and collected",
        "is at ease", "serene and still", "an objective explanation", "a standard greeting", "an audio book",
        "the anchor reads the headlines", "tutorial voice", "a sober assessment", "calmly", "plainly", "evenly",
        "with composure", "in a factual way", "speaks simply and clearly", "talks without colour",
    ),
    "sad": (
        "has a lump in the throat", "cries his eyes out", "bursts into tears", "is down in the dumps",
        "has the blues", "hangs the head", "lets the shoulders drop", "sheds a tear", "has lost all hope",
        "wipes away tears", "sighs deeply", "misses them so much", "is sick at heart", "feels empty inside",
        "has tears in the eyes", "feels sorry for himself", "wears a long face", "stares at the floor",
        "suffers in silence", "feels all alone in the world", "I miss you so much", "nothing matters any more",
        "it is all over now", "I am so sorry for your loss", "speaks in a broken voice", "could cry",
        "is in floods of tears", "is broken-hearted", "cries like a baby", "feels like the world has ended",
        "is in the depths of despair", "is weighed down by sorrow", "has lost the will to live", "drowns in sorrow",
        "a shoulder to cry on", "with tears running down the cheeks", "holding back tears", "it hurts so much",
        "why did you leave me", "goodbye, my love", "rest in peace", "we lost everything", "a sad story",
        "a tragic loss", "a mournful song", "bad memories", "a lonely evening", "a feeling of emptiness",
        "deep depression", "a bitter disappointment", "it breaks my heart", "a quiet, broken voice", "tired and sad",
        "has given up", "nobody loves me", "a depressing day",
    ),
    "surprised": (
        "raises the eyebrows in wonder", "is lost for words", "drops everything in amazement", "can't take it in",
        "gasps", "did not see it coming", "wow!", "really?", "oh wow", "stares with an open mouth",
        "blinks in disbelief", "does a double take",
        "is left with the mouth open", "rubs the eyes", "nearly falls off the chair", "is struck dumb",
        "never expected this", "oh my god!", "I don't believe it!", "what on earth!", "no way!", "are you serious?",
        "who would have thought?", "that came out of nowhere", "is floored by the answer",
        "finds out something incredible", "this is unbelievable", "looks on in wonder", "is taken by surprise",
        "is bowled over", "eyes pop out of the head", "is knocked sideways", "is struck by the news",
        "is at a loss for words", "nearly jumps out of the skin", "what a surprise!", "really? I can't believe that",
        "you must be joking!", "holy cow!", "good heavens!", "wait, what?", "since when?", "is that true?", "whoa!",
        "oh!", "that is amazing", "out of the blue", "all of a sudden", "an unexpected turn of events",
        "a shocking revelation", "with raised eyebrows and open mouth", "a look of disbelief",
        "he never saw anything like it", "who is that?!", "how is that possible?", "a big surprise",
        "an incredible discovery", "amazing news",
    ),
}  # fmt: skip
"""Label -> idioms and exclamations that stand alone or after a person."""

MUSCLES: Mapping[str, tuple[str, ...]] = {
    "angry": (
        "eyebrows drawn together", "lowered brows", "lips pressed together", "a clenched jaw", "tightened eyelids",
        "a hard stare",
    ),
    "contempt": (
        "one lip corner tightened", "a half smile on one side", "one raised eyebrow", "lowered lids", "a raised chin",
    ),
    "disgusted": (
        "a wrinkled nose", "a raised upper lip", "narrowed eyes and wrinkled nose", "the lower lip pushed out",
    ),
    "fear": (
        "raised and drawn together brows", "eyes wide open", "stretched lips", "tense lips pulled sideways",
        "white showing above the iris",
    ),
    "happy": (
        "lip corners pulled up", "raised cheeks", "crow's feet around the eyes", "bright eyes", "showing the teeth",
    ),
    "sad": (
        "inner brows raised", "lip corners pulled down", "a trembling chin", "drooping eyelids", "lowered gaze",
    ),
    "surprised": (
        "raised eyebrows", "a dropped jaw", "wide open eyes", "parted lips", "an open mouth",
    ),
}  # fmt: skip
"""Label -> how the face moves."""
