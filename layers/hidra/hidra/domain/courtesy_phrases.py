"""What people write beside a request in Portuguese, Spanish and English, by its role, as patterns of ``phrase``.

A question mark stands where people write one ("tudo bem?").
"""

from collections.abc import Iterable

from hidra.domain.phrase import Patterns, compiler

_pattern = compiler(
    {
        "obrigado": """obrigado, agradecido, agradecida, agradeco, grato, grata, gratidao, valeu, muito
            obrigado, muito grato, muito grata""",
        "pela_atencao": """pela atencao, pela sua atencao, por sua atencao, a atencao, pela compreensao, a compreensao,
            pela oportunidade, pela ajuda, pela informacao, pela gentileza, pela paciencia, pelo contato, o contato,
            pelo carinho, o carinho, pelo atendimento, pelo convite, o convite, pelo aviso, por tudo, por entender, por
            enquanto, desde ja, a todos, a voces""",
        "por_su_atencion": """por su atencion, por tu atencion, por la atencion, por su tiempo, por su comprension, por
            la informacion, por todo, por entender, de antemano, igual, igualmente""",
        "for_your_time": """for everything, for your time, for your help, for understanding, for your understanding,
            for the info, so much, very much, a lot, anyway, in advance""",
        "good": "bom, otimo, lindo, boa, otima, linda, excelente, feliz, abencoado, abencoada, buen, buena",
        "day": """dia, tarde, noite, semana, fim de semana, final de semana, fds, feriado, trabalho, domingo, sabado,
            noche, fin de semana""",
        "you": "voce, voces, te, a todos, les, le, los, you",
        "people": """gente, pessoal, amigo, amiga, amigos, meu amigo, minha amiga, moco, moca, senhor, senhora, querido,
            querida, meu querido, minha querida, guys""",
        "nice": "nice, good, great, lovely, blessed",
    }
)


def _patterns(*roles: Iterable[str]) -> Patterns:
    return Patterns(_pattern(text) for role in roles for text in role)


_PLEAS = (
    "por? favor|gentileza|fineza|obsequio|bondade ??",
    "encarecidamente ??",
    "pelo_amor_de_deus|pelamor|plmds|por_deus|por_el_amor_de_dios|for_god's_sake",
    "porfavor|porfa|por_fa|favor_de ??",
    "please|kindly ??",
)
_CONDITIONS = (
    "se_for_possivel|se_possivel|se_puder|se_puderem ??",
    "si_es_posible|si_puede|si_pueden|if_possible|if_you_can ??",
)
_THANKS = (
    "desde_ja? <obrigado> a|o? <pela_atencao>?",
    "desde_ja",
    "muchas|mil? gracias <por_su_atencion>?",
    "thank_you|thank_u|thanks|many_thanks <for_your_time>?",
    "much_appreciated|appreciate_it|i_appreciate_it|cheers",
)
_APOLOGIES = ("com_licenca|desculpe|desculpa|desculpem|me_desculpe|me_desculpem|sorry|perdao|perdon|disculpe|disculpa",)
_SALUTATIONS = (
    "oi|ola|opa|oie|hola|hi|hello|hey|alo <people>|there|all? ??",
    "bom_dia|boa_tarde|boa_noite|buenos_dias|buen_dia|buenas_tardes|buenas_noches|buenas ??",
    "good_morning|good_afternoon|good_evening ??",
)
_GREETING_QUESTIONS = ("tudo_bem|tudo_bom|como_vai|que_tal|como_estas|como_esta|how_are_you ??",)
_PEOPLE = ("<people>",)
_FILLERS = ("ok|okay|blz|beleza|entao|ta|ta_bom|certo|ta_ok|pode_ser|sim|si|yes ??", "mas|pero|but")
_WISHES = (
    "tenha|tenham? um|uma? <good> <day> a|para? <you>?",
    "boas_festas|feliz_natal|feliz_ano_novo|feliz_navidad|paz a|para? <you>?",
    "que? tenga|tengan un|una? <good> <day>",
    "have_a <nice> day|one|evening|weekend",
    "fica|fique|fiquem|va|vai|vao com_deus",
    "que? deus <you>? abencoe|abencoi|abencoem <you>?",
    "que? dios <you>? bendiga|bendice <you>?",
    "god_bless <you>?",
    "take_care|all_the_best|good_luck|boa_sorte|buena_suerte|muito_sucesso|sucesso|exitos|boas_vendas|felicidades",
    "amem|bencaos|bendiciones",
)
_GOODBYES = (
    "tchau|tchauzinho|xau|adeus|falou|tmj|ate_mais|ate_logo|ate_breve|adios|chau|chao|hasta_luego|bye|goodbye",
    "um|un|muitos? abs|abraco|abracos|bj|bjs|bjo|bjos|bjus|beijo|beijos|saludo|saludos|abrazo|besos",
    "atenciosamente|att|cordialmente|atentamente|regards|best_regards|kind_regards",
)
_NO_THANKS = (
    "nao|n obrigado",
    "no_gracias|no_thanks|no_thank_you",
)
_NO_INTEREST = (
    "nao|n tenho mais? interesse",
    "nao|n me_interessa mais?",
    "sem_interesse|no_me_interesa|no_tengo_interes|no_estoy_interesado|no_estoy_interesada",
    "i'm|im|i_am? not|no_longer interested",
)
_REASONS = (
    "numero|contato errado",
    "numero_equivocado|wrong_number|foi_engano|engano",
    "nao_conheco voces?",
    "nao|no sou|soy mais? cliente",
    "quem_e ??",
)
_COMPLAINTS = (
    "chega|basta|ja_basta|ya_basta|que_saco|nao_aguento_mais|enough",
    "nao|nunca me cadastrei|inscrevi",
    "nao_lembro de_ter_me cadastrado|inscrito",
    "i? didn't|didnt|never sign_up|signed_up|subscribe|subscribed for_this|to_this?",
    "novamente|mais_uma_vez|pela_segunda_vez",
)
_BEFORE_A_STATEMENT = ("eu? ja falei|disse|pedi|avisei que",)

_KIND = (*_PLEAS, *_THANKS, *_APOLOGIES, *_SALUTATIONS, *_GREETING_QUESTIONS, *_FILLERS, *_WISHES)
# Around a request to opt in stands nothing that refuses, leaves or makes a condition.
BESIDE_OPT_IN = _patterns(_KIND)
BESIDE_OPT_OUT = _patterns(
    _KIND, _CONDITIONS, _PEOPLE, _GOODBYES, _NO_THANKS, _NO_INTEREST, _REASONS, _COMPLAINTS, _BEFORE_A_STATEMENT
)
# The same behind a request only: "sair, não quero mais", but not "não quero mais sair".
BEHIND_OPT_OUT = _patterns(
    (
        "nao_quero_mais nada?",
        "agora|ahora mesmo|mismo|ja?",
        "ja|ya|logo|ai|now|right_now|right_away|asap",
        "imediatamente|inmediatamente|immediately|urgente|urgentemente|de_vez|de_uma_vez|para_sempre|forever",
        "e|y|and",
        "no_aguardo|aguardo",
        "porra|caralho|cacete|merda|inferno|carajo|mierda",
    )
)
GREETING_QUESTIONS = _patterns(_GREETING_QUESTIONS)
NO_THANKS = _patterns(_NO_THANKS)
NO_INTEREST = _patterns(_NO_INTEREST)
# An infinitive directly behind them is their object: "não me interessa sair", "que tal sair?".
BEFORE_ITS_OBJECT = _patterns(_NO_INTEREST, _COMPLAINTS, ("como_vai|que_tal|como_estas|como_esta",))
# And so it is in a question: "tudo bem sair?", "mas sair?".
BEFORE_ITS_OBJECT_IN_A_QUESTION = _patterns(_GREETING_QUESTIONS, _FILLERS, _PEOPLE, _CONDITIONS)
